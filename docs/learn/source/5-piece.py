# %% [markdown] en
# # 5. Listen, keep, and know where it came from
#
# **As it was written:** the output of the network was saved as `generated.mp3` in the working folder: nothing that could be played.
#
# **Why it fails:** numbers under the name of a sound are no sound. And even where they are: in a year nobody knows which model wrote it, from which notes, or that a machine did.
#
# **What works:** let the library play notes and keep what came of it, together with where it came from.
# %% [markdown] zh
# # 5. 聆听、保存、知道它从哪里来
#
# **原来的做法：** 把网络的输出存成工作文件夹里的 `generated.mp3`：根本放不出来。
#
# **为什么不行：** 给一串数起个声音文件的名字，它还不是声音。就算是，一年以后，没人知道是哪个模型、用哪些音符写的，甚至不知道是机器写的。
#
# **能用的做法：** 让音乐库来演奏音符，并把成品和它的来历一起存下来。
# %%
import json
from pathlib import Path

import pandas as pd

import songloom

library = songloom.open("music")

# %% [markdown] en
# ## Your melody
#
# `library.perform` plays notes with the library's own instruments (General MIDI: 0 is a piano, 73 a flute), and keeps the sound, the notes and the hash of your weights.
# %% [markdown] zh
# ## 你的旋律
#
# `library.perform` 用音乐库自带的乐器演奏音符（General MIDI：0 是钢琴，73 是长笛），并记下声音、音符和权重文件的哈希。
# %%
melody = json.loads(Path("melody.json").read_text())
notes, beat = [], 0.0
for pitch, ticks in melody:
    notes.append((beat, ticks / 24, pitch))  # start and length in quarter notes, MIDI pitch
    beat += ticks / 24
mine = library.perform(
    notes, title="我的第一条旋律", bpm=100, program=73, model="student.weights.h5"
)
mine

# %% [markdown] en
# Where did it come from? Read from top to bottom: a model → a score (how many notes · how fast) → the track.
# %% [markdown] zh
# 它从哪里来？从上往下读：模型 → 乐谱（多少个音 · 多快）→ 曲目。
# %%
library.lineage(mine.id)

# %% [markdown] en
# ## A whole piece from a sentence
#
# The network that Songloom brings along was trained in the same way, on real tunes, with more to look at: the bars that are left, and what stood one, two, four and eight bars ago. Around its melody come a form, chords and other instruments. The words decide what they mention, the seed the rest: the same seed gives the same piece.
# %% [markdown] zh
# ## 一句话，一整首
#
# 织音自带的网络也是这样训练的，用的是真正的曲调，能看到的更多：还剩几小节，以及一、二、四、八小节之前是什么。旋律之外再配上曲式、和声与别的乐器。话里提到的按话来，其余由种子决定：同一个种子，同一首曲子。
# %%
piece = library.generate("一首 D 小调的慢华尔兹，钢琴和长笛，不要鼓", seconds=30, seed=2026)
print({name: value for name, value in piece.request.items() if value not in (None, [], {})})
piece

# %% [markdown] en
# Its lineage has the sentence too; the score is named by metre, tempo and bars.
# %% [markdown] zh
# 它的血缘里还有那句话；乐谱这一行写的是拍号、速度和小节数。
# %%
library.lineage(piece.id)

# %% [markdown] en
# ## Did it do what was asked?
#
# Do not take its word for it: the library measured the sound like any other.
# %% [markdown] zh
# ## 它照做了吗？
#
# 别光听它说：音乐库像对待任何声音一样测量了它。
# %%
table = library.to_dataframe().set_index("id")
columns = ["title", "时长", "key", "mode", "tempo_bpm", "loudness_lufs", "is_generated"]
pd.DataFrame(table.loc[[mine.id, piece.id], columns])

# %% [markdown] en
# ## Where to go from here
#
# - In a terminal, in the folder of this notebook: `../songloom/.venv-tensorflow/bin/songloom up --home music` shows this library in the browser, with player, search and lineage as a picture. The link that it prints makes you its administrator.
# - Train the real network: `docs/developer/composer.md` in the folder of Songloom. Change lesson 4: another metre, three layers, other symbols; the number to beat is yours.
# - More of what the library can do from Python: `docs/user/en/pandas.md` in the same folder.
# %% [markdown] zh
# ## 接下来
#
# - 在终端里，在这个笔记本所在的文件夹运行 `../songloom/.venv-tensorflow/bin/songloom up --home music`，就能在浏览器里打开这个音乐库：播放、搜索、血缘图都在。打印出来的链接会让你成为它的管理员。
# - 训练真正的网络：见织音文件夹里的 `docs/developer/composer.md`。改改第 4 课：换个拍子、用三层、换一种符号；要超过的数字就是你自己的。
# - 在 Python 里还能做什么：同一个文件夹里的 `docs/user/zh/pandas.md`。
