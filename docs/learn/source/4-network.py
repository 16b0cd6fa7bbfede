# %% [markdown] en
# # 4. A network that writes melodies
#
# The first design had a Keras LSTM compose. We look at why its code learnt nothing, then train one that does, here, in about a minute, and hold it against a simple table of counts.
# %% [markdown] zh
# # 4. 会写旋律的网络
#
# 第一版设计用 Keras 的 LSTM 作曲。先看它的代码为什么什么也没学到，再就地训练一个真能学的，大约一分钟，并拿它和一张简单的计数表比较。
# %%
import json
import math
import os
from collections import Counter
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")  # must stand before the import
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # no notes, and nothing to note:
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
import matplotlib.pyplot as plt
import numpy as np
from tensorflow import keras

import songloom
from songloom.core.score.neural.runtime import load

print("Keras", keras.__version__, "on", keras.backend.backend())

# %% [markdown] en
# ## One unit under a categorical loss
#
# **As it was written:** `LSTM(64)` three times with dropout, then `Dense(1, activation="softmax")` and `loss="categorical_crossentropy"`.
#
# **Why it fails:** a softmax shares out 1 among the units. Among **one** unit: it always says 1, whatever goes in and whatever the weights are, and its loss is 0 before the first step. Keras warns, and trains happily on.
# %% [markdown] zh
# ## 一个输出单元配分类损失
#
# **原来的做法：** 三层带 dropout 的 `LSTM(64)`，然后 `Dense(1, activation="softmax")` 和 `loss="categorical_crossentropy"`。
#
# **为什么不行：** softmax 把 1 分给各个单元。只有**一个**单元时，无论输入什么、权重是什么，它永远输出 1，损失在第一步之前就已经是 0。Keras 会警告一句，然后照样训练下去。
# %%
import warnings

keras.utils.set_random_seed(1)
first_design = keras.Sequential(
    [
        keras.Input((8, 1)),
        keras.layers.LSTM(64, return_sequences=True),
        keras.layers.Dropout(0.2),
        keras.layers.LSTM(64, return_sequences=True),
        keras.layers.Dropout(0.2),
        keras.layers.LSTM(64),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(1, activation="softmax"),
    ]
)
first_design.compile(optimizer="adam", loss="categorical_crossentropy")
rng = np.random.default_rng(1)
anything, wanted = rng.normal(size=(32, 8, 1)), rng.random((32, 1))
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it does say: a softmax over one unit
    losses = first_design.fit(anything, wanted, epochs=3, verbose=0).history["loss"]
    says = np.unique(first_design.predict(anything, verbose=0).round(6))
print("it says", says, "to everything; its losses:", np.round(losses, 6))

# %% [markdown] en
# ## Bytes of files are no music
#
# **As it was written:** the training data were the bytes of the audio files.
#
# **Why it fails:** a compressed file has had everything predictable taken out: that is what compression is. Guess the next byte from the one before, as well as counting can, and of 8 bits you save next to nothing. Melodies as notes are another matter, as we shall see.
# %% [markdown] zh
# ## 文件的字节不是音乐
#
# **原来的做法：** 训练数据就是音频文件的字节。
#
# **为什么不行：** 压缩就是把一切能预测的部分去掉；就算用最好的计数，从前一个字节猜下一个，8 比特里也几乎省不下什么。写成音符的旋律就完全不同，下面会看到。
# %%
library = songloom.open("music")
songs = library.to_dataframe()
chosen = [library.audio(track) for track in songs["id"][songs["标签"].notna()]]
content = np.concatenate([np.frombuffer(p.read_bytes()[20_000:], dtype=np.uint8) for p in chosen])
half = len(content) // 2
pairs = np.ones((256, 256))  # each pair once, so that nothing is impossible
np.add.at(pairs, (content[: half - 1], content[1:half]), 1)
p = pairs / pairs.sum(axis=1, keepdims=True)
bits = -np.log2(p[content[half:-1], content[half + 1 :]]).mean()
print(f"{bits:.2f} of 8 bits a byte are left")

# %% [markdown] en
# ## Notes are music
#
# **What works:** the training data are 540 melodies of 16 bars in 4/4, on the tonic C, written by the model that Songloom brings along (it learnt from 3,831 folk tunes in the public domain). Ours will learn to write like it. A note is one symbol: its pitch and its length, in twenty-fourths of a quarter note. 480 are to learn from; 60 are never learnt, only measured.
# %% [markdown] zh
# ## 音符才是音乐
#
# **能用的做法：** 训练数据是 540 条旋律，四四拍，每条 16 小节，主音都是 C，由织音自带的模型写成（它学过 3,831 首公有领域的民间曲调）。我们的网络要学会像它那样写。一个音符是一个符号：音高加时值，时值以四分音符的 1/24 为单位。480 条用来学；60 条从不参与学习，只用来打分。
# %%
teacher = load(Path(songloom.__file__).parent / "assets/models/lstm/melody.safetensors")
rng = np.random.default_rng(7)
tunes = []
for _ in range(540):
    notes = teacher.compose(n_bars=16, metre="4/4", mode="major", rng=rng, n_candidates=1)
    tunes.append([(note.pitch, note.duration_ticks) for note in notes])
train, unseen = tunes[:480], tunes[480:]
print(len(tunes), "melodies,", sum(map(len, tunes)), "notes; the first begins", tunes[0][:4])

# %% [markdown] en
# ## The baseline: an n-gram
#
# Count which note followed which two. Rare pairs lean on what followed the last note alone, and that on what occurs at all (Witten and Bell, 1991). The yardstick is **bits per note** on the unseen melodies: how surprised a model is, on average. Knowing nothing costs log₂ of the number of symbols.
# %% [markdown] zh
# ## 基线：n 元计数
#
# 数一数每两个音后面跟过哪些音。少见的组合借助前一个音之后的统计，再不够就看总的出现次数（Witten 与 Bell，1991）。衡量标准是没见过的旋律上的**每音比特数**：模型平均有多“意外”。一无所知时是符号总数的 log₂。
# %%
END = (0, 0)
symbols = [END, *sorted({note for tune in train for note in tune})]
code = {symbol: number for number, symbol in enumerate(symbols, 1)}  # 0 is "nothing yet"
N = len(symbols) + 1
ORDER = 3
followers: dict[tuple, Counter] = {}
for tune in train:
    line = [*tune, END]
    for place, note in enumerate(line):
        for length in range(min(ORDER - 1, place) + 1):
            followers.setdefault(tuple(line[place - length : place]), Counter())[note] += 1


def probability(note, context) -> float:
    shorter = probability(note, context[1:]) if context else 1 / N
    seen = followers.get(tuple(context))
    if not seen:
        return shorter
    return (seen[note] + len(seen) * shorter) / (seen.total() + len(seen))


def bits_of_counting(tune) -> float:
    line = [*tune, END]
    return -sum(
        math.log2(probability(note, line[max(0, place - ORDER + 1) : place]))
        for place, note in enumerate(line)
    )


n_steps = sum(len(tune) + 1 for tune in unseen)
counting = sum(map(bits_of_counting, unseen)) / n_steps
print(f"knowing nothing {math.log2(N):.2f}, counting (3-gram) {counting:.2f} bits per note")

# %% [markdown] en
# ## The network
#
# **What works:** it reads the note before and **where in the bar** it stands, remembers by an LSTM of 64 units, and gives one number for every symbol: as many units as there are symbols, under a loss made for that (`SparseCategoricalCrossentropy`, from logits). Padding is weighted 0.
#
# Three layers as in the first design work too, but on so few melodies they came to 3.03 bits in the same 12 epochs where one layer came to 2.90, and took 2.5 times as long. The network in Songloom has three: it learnt from eight times as many notes.
# %% [markdown] zh
# ## 网络
#
# **能用的做法：** 它读前一个音符，以及**现在在小节里的位置**，用 64 个单元的 LSTM 记忆，给每个符号一个数：符号有多少，单元就有多少，损失函数也与之相配（`SparseCategoricalCrossentropy`，from logits）。补齐的部分权重为 0。
#
# 像第一版设计那样用三层也可以，不过旋律这么少时，同样 12 轮，三层到 3.03 比特，一层到 2.90，三层还慢 2.5 倍。织音自带的网络是三层：它学过的音符是这里的八倍。
# %%
BAR, GRID = 96, 3  # ticks in a 4/4 bar; the finest place in it


def arrays(some):
    """What stands before each note, where in the bar, the note itself, and its weight."""
    shape = (len(some), max(map(len, some)) + 1)
    before, place, note = (np.zeros(shape, dtype=np.int32) for _ in range(3))
    for row, tune in enumerate(some):
        numbers = [*(code.get(each, 1) for each in tune), code[END]]
        onsets = np.cumsum([0, *(ticks for _, ticks in tune)]) % BAR
        note[row, : len(numbers)] = numbers
        before[row, 1 : len(numbers)] = numbers[:-1]
        place[row, : len(numbers)] = onsets // GRID
    return [before, place], note, (note > 0).astype(np.float32)


keras.utils.set_random_seed(1)
before = keras.Input((None,), dtype="int32")
place = keras.Input((None,), dtype="int32")
now = keras.layers.Concatenate()(
    [keras.layers.Embedding(N, 48)(before), keras.layers.Embedding(BAR // GRID, 16)(place)]
)
memory = keras.layers.Dropout(0.1)(keras.layers.LSTM(64, return_sequences=True)(now))
logits = keras.layers.Dense(N)(keras.layers.Concatenate()([memory, now]))
model = keras.Model([before, place], logits)
model.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    weighted_metrics=[],
)
print(model.count_params(), "numbers to learn")

# %% [markdown] en
# Train for twelve rounds (about a minute) and draw both curves beside the table of counts.
# %% [markdown] zh
# 训练十二轮（约一分钟），把两条曲线和计数表画在一起。
# %%
inputs, targets, weights = arrays(train)
unseen_inputs, unseen_targets, unseen_weights = arrays(unseen)
history = model.fit(
    inputs,
    targets,
    sample_weight=weights,
    validation_data=(unseen_inputs, unseen_targets, unseen_weights),
    epochs=12,
    batch_size=16,
    verbose=0,
).history
# Keras divides by all places, padding too; bits per note count the notes alone.
learnt = np.array(history["loss"]) * weights.size / weights.sum() / math.log(2)
measured = np.array(history["val_loss"]) * unseen_weights.size / unseen_weights.sum() / math.log(2)
epochs = np.arange(1, len(measured) + 1)
figure, axis = plt.subplots(figsize=(6.5, 3.6))
axis.plot(epochs, learnt, label="LSTM, melodies it learns (dropout on)")
axis.plot(epochs, measured, label="LSTM, melodies never seen")
axis.axhline(counting, color="gray", linestyle="--", label="3-gram, melodies never seen")
axis.set(xlabel="epoch", ylabel="bits per note", title="less is better")
axis.legend()
figure.tight_layout()
plt.show()
print(f"LSTM {measured[-1]:.2f}, counting {counting:.2f}, knowing nothing {math.log2(N):.2f}")


# %% [markdown] en
# The network beats counting because it knows the beat and remembers more than two notes. It is no miracle: about four tenths of a bit. If your curve of unseen melodies turns upwards while the other falls on, it learns by heart: stop earlier.
#
# ## Let it write
#
# Draw one note after the other, more cautiously than the network itself would (temperature 0.8), until eight bars are full. A note that would cross the bar line is not drawn: rules keep the form, the network chooses.
# %% [markdown] zh
# 网络胜过计数，因为它知道拍子，记得的也不止两个音。不是奇迹：大约 0.4 比特。如果没见过的那条曲线往上走，另一条还在下降，那就是在死记硬背：早点停。
#
# ## 让它写
#
# 一个音一个音地抽，比网络自己更谨慎一点（温度 0.8），直到写满八小节。会越过小节线的音不抽：规则守住形式，网络负责选择。
# %%
def write(n_bars: int, seed: int, temperature: float = 0.8) -> list[tuple[int, int]]:
    rng = np.random.default_rng(seed)
    melody: list[tuple[int, int]] = []
    time = 0
    lengths = np.array([0, *(ticks for _, ticks in symbols)])
    while time < n_bars * BAR:
        (seen, places), _, _ = arrays([melody])
        # As long as it will ever be: one shape, so that TensorFlow builds its graph once.
        padded = [np.pad(each, ((0, 0), (0, 128 - each.shape[1]))) for each in (seen, places)]
        scores = model.predict_on_batch(padded)[0, len(melody)] / temperature
        fits = (lengths > 0) & (lengths <= BAR - time % BAR)
        chances = np.where(fits, np.exp(scores - scores.max()), 0)
        pitch, ticks = symbols[rng.choice(N, p=chances / chances.sum()) - 1]
        melody.append((pitch, ticks))
        time += ticks
    return melody


melody = write(n_bars=8, seed=5)
starts = np.cumsum([0, *(ticks for _, ticks in melody)])[:-1] / 24
figure, axis = plt.subplots(figsize=(9, 2.6))
for (pitch, ticks), start in zip(melody, starts, strict=True):
    axis.broken_barh([(start, ticks / 24 - 0.06)], (pitch - 0.4, 0.8))
axis.set(xlabel="time / quarter notes", ylabel="pitch / MIDI (60 = C4)", xticks=range(0, 33, 4))
axis.grid(axis="x", alpha=0.4)
figure.tight_layout()
plt.show()

# %% [markdown] en
# Keep the melody and the weights; [lesson 5](5-piece.ipynb) lets it sound.
# %% [markdown] zh
# 把旋律和权重存下来；[第 5 课](5-piece.ipynb)让它响起来。
# %%
Path("melody.json").write_text(json.dumps(melody))
model.save_weights("student.weights.h5")
