# %% [markdown] en
# # 1. Sound: fetch it, trim it, make it smaller
#
# The first design of this project was a blog post for students: fetch songs with `requests`, cut them in Audacity, measure them with numpy, keep them in a CSV, in MySQL and MongoDB, learn with scikit-learn, compose with a Keras LSTM. Its order was good; its code could not run. Each lesson shows a step **as it was written**, **why it fails**, and **what works**.
#
# Run the cells from top to bottom (Shift+Enter). All sound is made here, nothing comes from the internet, and everything lands in the folder `music` beside this notebook.
# %% [markdown] zh
# # 1. 声音：取来、修剪、缩小
#
# 这个项目的第一版设计是一篇写给学生的博客：用 `requests` 下载歌曲，用 Audacity 剪辑，用 numpy 算特征，存进 CSV、MySQL 和 MongoDB，用 scikit-learn 学习，再用 Keras 的 LSTM 作曲。思路很好，代码却跑不起来。每一课都先写**原来的做法**，再看**为什么不行**，最后给出**能用的做法**。
#
# 从上到下逐格运行（Shift+Enter）。所有声音都在这里现做，不用联网；一切都存进这个笔记本旁边的 `music` 文件夹。
# %%
import os
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import requests
import soundfile

os.environ["SONGLOOM_FETCH_ALLOW"] = "127.0.0.1/32"  # the web site below; see "what works"
import songloom
from songloom.errors import SongloomError

# %% [markdown] en
# ## A web site with one song
#
# A scale of eight tones, half a second each, with a second of silence at both ends. It is served by this computer (127.0.0.1) as a web site would.
# %% [markdown] zh
# ## 一个只有一首歌的网站
#
# 一条音阶，八个音，每个半秒，两头各有一秒静音。由本机（127.0.0.1）像网站那样提供下载。
# %%
RATE = 44_100  # samples per second


def tone(hz: float, seconds: float) -> np.ndarray:
    """A sine in [-0.3, 0.3] that begins and ends softly."""
    t = np.arange(int(seconds * RATE)) / RATE
    softly = np.minimum(1, np.minimum(t, t[::-1]) / 0.02)
    return 0.3 * softly * np.sin(2 * np.pi * hz * t)


scale = np.concatenate([tone(hz, 0.5) for hz in (262, 294, 330, 349, 392, 440, 494, 523)])
silence = np.zeros(RATE)
left = np.concatenate([silence, scale, silence])
Path("web").mkdir(exist_ok=True)
soundfile.write("web/scale.wav", np.stack([left, 0.5 * left], axis=1), RATE)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing about each request."""


server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory="web"))
threading.Thread(target=server.serve_forever, daemon=True).start()
site = f"http://127.0.0.1:{server.server_port}"

# %% [markdown] en
# ## Fetching
#
# **As it was written:** `open("song.wav", "wb").write(requests.get(url).content)`.
#
# **Why it fails:** it writes down whatever comes. Here the address is wrong, and the "song" is an error page. Nothing says so until something else breaks, far away. It also reads a file of any size into memory, waits for ever, and lets whoever hands you an address make your computer ask anything of your own network.
# %% [markdown] zh
# ## 下载
#
# **原来的做法：** `open("song.wav", "wb").write(requests.get(url).content)`。
#
# **为什么不行：** 来什么就写什么。下面的地址写错了，存下来的“歌”其实是一页错误信息，要到很后面才会莫名其妙地出错。而且它会把任意大小的文件整个读进内存，没有时限；谁给你一个地址，就能让你的电脑去访问你内网里的任何东西。
# %%
answer = requests.get(f"{site}/no-such-song.wav", timeout=10)
Path("song.wav").write_bytes(answer.content)
print(Path("song.wav").read_bytes()[:90])

# %% [markdown] en
# **What works:** hand the address to the library. Its one guarded way out checks the address at every redirect (your own machine and network are refused unless you allow them, as the first cell did for 127.0.0.1), limits size and time, and stores only what really is sound.
# %% [markdown] zh
# **能用的做法：** 把地址交给音乐库。它对外只有一个带检查的出口：每次跳转都核对地址（本机和内网默认拒绝，除非像第一格那样放行 127.0.0.1），限制大小和时间，而且真的是声音才会入库。
# %%
library = songloom.open("music")  # an empty folder becomes a library
try:
    library.add(f"{site}/no-such-song.wav")
except SongloomError as refused:
    print(refused.code, "·", refused)
(track,) = library.add(f"{site}/scale.wav")
print(library, track)

# %% [markdown] en
# ## A song is not a text
#
# **As it was written:** the file was opened as text and cut into "words" with `split()`, to be learnt from.
#
# **Why it fails:** the bytes of a sound file are numbers, not letters. `split()` cuts wherever a byte happens to be 9, 10, 13 or 32. Play the same music a little softer, and every "word" is another.
# %% [markdown] zh
# ## 歌不是文本
#
# **原来的做法：** 把音频文件当文本打开，用 `split()` 切成“词”，拿去训练。
#
# **为什么不行：** 声音文件里的字节是数，不是字。哪个字节碰巧等于 9、10、13 或 32，`split()` 就在哪里切一刀。同一段音乐只要轻一点点，所有的“词”就全变了。
# %%
soundfile.write("softer.wav", 0.9 * np.stack([left, 0.5 * left], axis=1), RATE)
words = {}
for name in ("web/scale.wav", "softer.wav"):
    words[name] = Path(name).read_text(encoding="latin-1").split()
    print(f"{name:14} {len(words[name]):6} words, for example {words[name][900][:4]!r}")
shared = set(words["web/scale.wav"]) & set(words["softer.wav"])
print(f"{len(shared) / len(set(words['softer.wav'])):.0%} of the words are the same")

# %% [markdown] en
# **What works:** read it as what it is: samples, so many per second, in so many channels.
# %% [markdown] zh
# **能用的做法：** 按它本来的样子读：每秒若干个采样，若干个声道。
# %%
samples, rate = soundfile.read(library.audio(track))
print(samples.shape, "samples × channels at", rate, "Hz →", len(samples) / rate, "s")

# %% [markdown] en
# ## Trim and downsample
#
# **As it was written:** by hand in Audacity: select, *Edit → Remove Special → Trim Audio*; then *Tracks → Resample*; then export.
#
# **Why it fails:** for one song it does not: it is exact. For a thousand nobody does it the same way twice, and in a month nobody knows what was done. And the short cut that tempts in numpy, to keep every fourth sample, is false: add a faint tone of 9 kHz, which 11,025 samples per second cannot hold, and watch.
#
# **What works:** a list of edits that does the same and says what it did: a **recipe**. (On the command line: `songloom edit FILE --trim 1:5 --channels 1 --resample 11025 --format flac --out .`)
# %% [markdown] zh
# ## 修剪与降采样
#
# **原来的做法：** 在 Audacity 里手工操作：选中，*编辑 → 特殊删除 → 修剪音频*；再 *轨道 → 重采样*；再导出。
#
# **为什么不行：** 只有一首歌时没有问题，结果也精确。有一千首时，谁也做不到每次都一样，过一个月也没人记得做过什么。numpy 里还有一条诱人的近路，每四个采样留一个，那是错的：加上一个很轻的 9 kHz 音（每秒 11,025 个采样装不下它），看看会怎样。
#
# **能用的做法：** 把同样的步骤写成清单，它还能说明做过什么：这叫**配方**。（命令行写法：`songloom edit 文件 --trim 1:5 --channels 1 --resample 11025 --format flac --out .`）
# %%
from songloom.core.audio.rendering import render

hiss = 0.03 * np.sin(2 * np.pi * 9_000 * np.arange(len(left)) / RATE)
soundfile.write("bright.wav", left + hiss, RATE)
recipe = [
    {"edit": "trim", "start_s": 1, "end_s": 5},
    {"edit": "channels", "channels": 1},
    {"edit": "resample", "sample_rate": RATE // 4},
]
made = render("bright.wav", "small.flac", recipe=recipe, format="flac")
print(made["duration_s"], "s,", made["sample_rate"], "Hz,", made["size_bytes"], "bytes")

good, _ = soundfile.read("small.flac")
short_cut = (left + hiss)[RATE : 5 * RATE : 4]
figure, axes = plt.subplots(1, 2, figsize=(9, 3), sharey=True)
for axis, sound, title in (
    (axes[0], short_cut, "every 4th sample"),
    (axes[1], good, "recipe (filtered first)"),
):
    level = 20 * np.log10(np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) / len(sound) + 1e-9)
    axis.plot(np.fft.rfftfreq(len(sound), 4 / RATE), level, linewidth=0.6)
    axis.axvline(RATE / 4 - 9_000, color="tab:red", linestyle=":", label="9000 Hz, folded")
    axis.set(title=title, xlabel="frequency $f$ / Hz", ylim=(-120, -20))
axes[0].set_ylabel("level / dB")
axes[1].legend(loc="upper right")
figure.tight_layout()
plt.show()

# %% [markdown] en
# Left: the 9 kHz tone came back as a false tone at 2025 Hz (dotted line), in the midst of the music; no filter can remove it afterwards. Right: the recipe filtered before it took samples away.
#
# The trimmed song goes into the library too. Then on to [lesson 2](2-table.ipynb).
# %% [markdown] zh
# 左图：9 kHz 的音变成了 2025 Hz 处的假音（虚线），混在音乐当中，事后无法去掉。右图：配方先滤波，再减少采样。
#
# 修剪好的歌也放进音乐库。接着看[第 2 课](2-table.ipynb)。
# %%
library.add("small.flac")
server.shutdown()
library.to_dataframe()[["title", "时长", "频率"]]
