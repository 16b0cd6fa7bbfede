# %% [markdown] en
# # 2. Features, a table, and where to keep it
#
# Three families of numbers describe a sound: **frequency**, **duration** and **phase** (频率, 时长, 相位). First we compute each with numpy on a sound whose truth we know, then we let the library measure a small collection.
# %% [markdown] zh
# # 2. 特征、表格，以及存在哪里
#
# 描述声音的数有三类：**频率**、**时长**、**相位**。先用 numpy 在一个知道答案的声音上各算一次，再让音乐库测量一小批曲子。
# %%
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import soundfile

import songloom

# %% [markdown] en
# ## Frequency, duration, phase with numpy
#
# **As it was written:** `np.mean(np.fft.fft(samples))` as "the frequency", the length of the file in bytes as "the duration", and no word on phase.
#
# **Why it fails:** the mean of a Fourier transform is the first sample, whatever the music; try it. Bytes are not seconds: a compressed file is ten times shorter and lasts as long.
# %% [markdown] zh
# ## 用 numpy 算频率、时长、相位
#
# **原来的做法：** 把 `np.mean(np.fft.fft(samples))` 当“频率”，把文件字节数当“时长”，相位没有提。
#
# **为什么不行：** 傅里叶变换的平均值就是第一个采样，跟音乐毫无关系，试试便知。字节也不是秒：压缩过的文件小十倍，却一样长。
# %%
RATE = 44_100
t = np.arange(3 * RATE) / RATE
left = 0.25 + 0.5 * np.sin(2 * np.pi * 440 * t)
right = 0.5 * np.sin(2 * np.pi * 440 * t - np.pi / 2)  # a quarter of a wave later
print("mean of the FFT:", np.mean(np.fft.fft(left)).round(6), "· first sample:", left[0])

# %% [markdown] en
# **What works:** the place of the highest peak times the width of a bin is the frequency; samples divided by the rate is the duration; the angle of the same bin, right against left, is the phase.
# %% [markdown] zh
# **能用的做法：** 最高峰的位置乘以每格的宽度是频率；采样数除以采样率是时长；同一格里右声道与左声道的角度之差是相位。
# %%
window = np.hanning(len(t))
spectrum_left = np.fft.rfft((left - left.mean()) * window)
spectrum_right = np.fft.rfft(right * window)
peak = int(np.abs(spectrum_left).argmax())
print("frequency:", peak * RATE / len(t), "Hz")
print("duration: ", len(t) / RATE, "s")
print("phase:    ", round(np.degrees(np.angle(spectrum_right[peak] / spectrum_left[peak])), 3), "°")

# %% [markdown] en
# ## A collection to work with
#
# The library composes it: twelve lullabies, twelve marches and twelve waltzes of eight seconds (摇篮曲, 进行曲, 华尔兹), each measured as soon as it is there. Six groups of a class share the work, so each piece also gets an artist, an album and a date. This takes half a minute to two minutes; it counts as it goes.
# %% [markdown] zh
# ## 一批可用的曲子
#
# 由音乐库来作：摇篮曲、进行曲、华尔兹各十二首，每首八秒，作好立即测量。设想班里六个小组分工，所以每首还有艺术家、专辑名和发行日期。大约要半分钟到两分钟，边作边数。
# %%
KINDS = {"摇篮曲": "lullaby", "进行曲": "march", "华尔兹": "waltz"}
library = songloom.open("music")
if not library.to_dataframe()["标签"].isin(KINDS).any():  # composed once is enough
    for number in range(12):
        for kind in KINDS:
            piece = library.generate(f"一首{kind}", seconds=8, seed=number)
            group = number % 6 + 1
            library.tag(
                piece.id,
                标签=kind,
                artists=f"第{group}组",
                album=f"第{group}组作业",
                date=f"2026-11-{number + 1:02}",
            )
        print(3 * (number + 1), "of 36", end="\r")
songs = library.to_dataframe()
songs = songs[songs["标签"].isin(KINDS)].reset_index(drop=True)
songs[["频率", "时长", "艺术家", "专辑名", "发行日期", "标签"]].head(6)

# %% [markdown] en
# Look at one of them (left: what sounds when and how high, brighter is louder), and at all of them (right: a point is a piece).
# %% [markdown] zh
# 看看其中一首（左图：什么时候响起多高的音，越亮越响），再看看全部（右图：一点是一首；横轴是频谱质心，越大声音越亮；纵轴是速度；lullaby 摇篮曲，march 进行曲，waltz 华尔兹）。
# %%
samples, rate = soundfile.read(library.audio(songs["id"][0]))
figure, axes = plt.subplots(1, 2, figsize=(10, 3.2))
axes[0].specgram(samples.mean(axis=1), NFFT=4096, Fs=rate, noverlap=2048, vmin=-140)
axes[0].set(
    title="one lullaby (brighter: louder)",
    xlabel="time $t$ / s",
    ylabel="frequency $f$ / Hz",
    ylim=(0, 4000),
)
for kind, english in KINDS.items():
    chosen = songs[songs["标签"] == kind]
    axes[1].scatter(chosen["centroid_hz"], chosen["tempo_bpm"], label=english, alpha=0.8)
axes[1].set(title="all", xlabel="spectral centroid / Hz", ylabel="tempo / BPM")
axes[1].legend()
figure.tight_layout()
plt.show()

# %% [markdown] en
# Lullabies at 180 or so? They are in 6/8 with 60 beats a minute, and the measurement took the eighths for the beat; where it found no beat at all, there is no point. What is measured is not yet true: that is why one looks.
# %% [markdown] zh
# 有的摇篮曲速度在 180 左右？它们是 6/8 拍，每分钟 60 拍左右，测量时把八分音符当成了拍子；完全找不到拍子的，图上就没有点。测出来的不等于真的，所以要看图。
# %% [markdown] en
# ## CSV
#
# **As it was written:** `df.to_csv("songs.csv")` with the columns 频率, 时长, 艺术家, 专辑名, 发行日期.
#
# **Why it fails:** nearly nothing here! But an index column slips in, and a spreadsheet on Windows shows Chinese as garbage, because the file does not say that it is UTF-8; see both.
# %% [markdown] zh
# ## CSV
#
# **原来的做法：** `df.to_csv("songs.csv")`，列名是 频率、时长、艺术家、专辑名、发行日期。
#
# **为什么不行：** 几乎可行！只是会混进一列序号；而且文件没有说明自己是 UTF-8，Windows 上的电子表格会把中文显示成乱码。下面两样都能看到。
# %%
FIVE = ["频率", "时长", "艺术家", "专辑名", "发行日期"]
songs[FIVE].to_csv("as_written.csv")
print("columns:", *pd.read_csv("as_written.csv").columns)
print("taken for GBK:", Path("as_written.csv").read_bytes()[:30].decode("gbk", errors="replace"))

# %% [markdown] en
# **What works:** `index=False` and `utf-8-sig`. Read back, it is the same table.
# %% [markdown] zh
# **能用的做法：** `index=False` 和 `utf-8-sig`。读回来是同一张表。
# %%
songs[FIVE].to_csv("songs.csv", index=False, encoding="utf-8-sig")
again = pd.read_csv("songs.csv")
pd.testing.assert_frame_equal(again, songs[FIVE], check_dtype=False)
again.describe().round(1)

# %% [markdown] en
# ## Databases
#
# **As it was written:** SQL put together from strings: `"INSERT INTO songs VALUES ('" + artist + "')"`.
#
# **Why it fails:** the first name with an apostrophe ends the string, and a malicious one does whatever it wants.
# %% [markdown] zh
# ## 数据库
#
# **原来的做法：** 用字符串拼 SQL：`"INSERT INTO songs VALUES ('" + artist + "')"`。
#
# **为什么不行：** 名字里只要有一个撇号，字符串就断了；恶意的名字还能为所欲为。
# %%
artist = "Guns N' Roses"
with closing(sqlite3.connect(":memory:")) as connection:
    connection.execute("CREATE TABLE songs (artist TEXT)")
    try:
        connection.execute("INSERT INTO songs VALUES ('" + artist + "')")
    except sqlite3.OperationalError as failed:
        print("as it was written:", failed)
    connection.execute("INSERT INTO songs VALUES (?)", [artist])
    print("with a placeholder:", connection.execute("SELECT artist FROM songs").fetchall())

# %% [markdown] en
# **What works:** placeholders, as in the last two lines. SQLite is a file and needs no server.
# %% [markdown] zh
# **能用的做法：** 占位符，就像上面最后两行。SQLite 就是一个文件，不需要服务器。
# %%
CREATE = (
    "CREATE TABLE songs (id VARCHAR(36) PRIMARY KEY, hz DOUBLE, seconds DOUBLE,"
    " artist TEXT, album TEXT, released VARCHAR(10))"
)
COUNT = "SELECT artist, COUNT(*), AVG(hz) FROM songs GROUP BY artist ORDER BY artist"
rows = list(songs[["id", *FIVE]].itertuples(index=False, name=None))


def fill(connection, mark: str) -> list:
    """Into any SQL database; `mark` is how it writes a placeholder."""
    with closing(connection.cursor()) as cursor:
        cursor.execute("DROP TABLE IF EXISTS songs")
        cursor.execute(CREATE)
        cursor.executemany(f"INSERT INTO songs VALUES ({', '.join([mark] * 6)})", rows)
        cursor.execute(COUNT)
        found = list(cursor.fetchall())
    connection.commit()
    return found


with closing(sqlite3.connect("songs.sqlite3")) as connection:
    for artist, n, hz in fill(connection, "?"):
        print(artist, n, round(hz, 1), "Hz")

# %% [markdown] en
# MySQL (or MariaDB) and MongoDB are the same two ideas behind a server. If you have one, say where before you start the notebook; else these cells say that they were left out:
#
# ```sh
# export COURSE_MYSQL="mysql://user:password@127.0.0.1:3306/course"   # made with: CREATE DATABASE course CHARACTER SET utf8mb4;
# export COURSE_MONGODB="mongodb://127.0.0.1:27017"
# ```
# %% [markdown] zh
# MySQL（或 MariaDB）和 MongoDB 只是把同样的想法放到服务器上。如果你有，就在启动笔记本之前说明地址；没有的话，下面两格会说明跳过了：
#
# ```sh
# export COURSE_MYSQL="mysql://用户:密码@127.0.0.1:3306/course"   # 建库：CREATE DATABASE course CHARACTER SET utf8mb4;
# export COURSE_MONGODB="mongodb://127.0.0.1:27017"
# ```
# %%
if address := os.environ.get("COURSE_MYSQL"):
    import pymysql

    at = urlsplit(address)
    login = {"user": at.username, "password": at.password or "", "database": at.path[1:]}
    with closing(pymysql.connect(host=at.hostname, port=at.port or 3306, **login)) as db:
        print("MySQL:", fill(db, "%s")[0])
else:
    print("COURSE_MYSQL is not set: left out")

# %% [markdown] en
# MongoDB keeps documents.
#
# **As it was written:** `insert_many(df.to_dict("records"))`.
#
# **Why it fails:** run twice, everything is there twice.
#
# **What works:** the track's id as `_id`, and replace instead of insert.
# %% [markdown] zh
# MongoDB 存的是文档。
#
# **原来的做法：** `insert_many(df.to_dict("records"))`。
#
# **为什么不行：** 运行两次，所有东西就有两份。
#
# **能用的做法：** 用曲目 id 作 `_id`，用替换代替插入。
# %%
if address := os.environ.get("COURSE_MONGODB"):
    from pymongo import MongoClient, ReplaceOne

    with MongoClient(address, serverSelectionTimeoutMS=10_000) as client:
        client.drop_database("course")
        for _ in range(2):
            client["course"]["as_written"].insert_many(songs[FIVE].to_dict("records"))
        print("as it was written:", client["course"]["as_written"].count_documents({}), "songs")
        shelf = client["course"]["songs"]
        documents = songs[["id", *FIVE]].rename(columns={"id": "_id"}).to_dict("records")
        for _ in range(2):
            shelf.bulk_write([ReplaceOne({"_id": d["_id"]}, d, upsert=True) for d in documents])
        print("MongoDB:", shelf.count_documents({}), "songs, one of them:", shelf.find_one())
else:
    print("COURSE_MONGODB is not set: left out")

# %% [markdown] en
# All of that for the whole library, repeatable and both ways, is one command each: `songloom csv export songs.csv`, `songloom mongo push mongodb://127.0.0.1:27017/music`. Which database Songloom itself lives in is one setting, `SONGLOOM_DATABASE_URL` (`docs/user/en/settings.md` in the folder of Songloom). On to [lesson 3](3-labels.ipynb).
# %% [markdown] zh
# 对整个音乐库做这些事，可重复、可来回，各只要一条命令：`songloom csv export songs.csv`、`songloom mongo push mongodb://127.0.0.1:27017/music`。织音本身用哪个数据库，由一个设置 `SONGLOOM_DATABASE_URL` 决定（见织音文件夹里的 `docs/user/zh/settings.md`）。接着看[第 3 课](3-labels.ipynb)。
