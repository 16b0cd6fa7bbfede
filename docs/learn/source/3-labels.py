# %% [markdown] en
# # 3. Learn a label, and find out whether you have
#
# Can a program hear whether a piece is a lullaby, a march or a waltz? scikit-learn answers in a few lines; the art is to ask so that the answer is worth something.
# %% [markdown] zh
# # 3. 学会一个标签，并弄清是否真的学会
#
# 程序能听出一首曲子是摇篮曲、进行曲还是华尔兹吗？scikit-learn 几行就能回答；难的是怎样问，答案才有意义。
# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import ConfusionMatrixDisplay, accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import songloom

KINDS = {"摇篮曲": "lullaby", "进行曲": "march", "华尔兹": "waltz"}
library = songloom.open("music")
songs = library.to_dataframe().set_index("id")
songs = songs[songs["标签"].isin(KINDS)]
labels = songs["标签"].map(KINDS)
print(labels.value_counts())

# %% [markdown] en
# ## The bytes of the songs
#
# **As it was written:** the bytes of the file as training data, and the score on the very songs that were learnt.
#
# **Why it fails:** any model that is large enough learns songs by heart. On songs that it has not seen, bytes of a compressed file say nothing: the score falls to chance. So: never score on what was learnt, and always say what guessing would score. The split is by **seed** here, because pieces of one seed are relatives: relatives on both sides would help it to cheat.
# %% [markdown] zh
# ## 歌的字节
#
# **原来的做法：** 拿文件的字节当训练数据，然后就在学过的那些歌上打分。
#
# **为什么不行：** 模型只要够大，就能把歌背下来。换成没见过的歌，压缩文件的字节什么也说明不了，得分就跌到瞎猜的水平。所以：绝不在学过的数据上打分，并且总要说明瞎猜能得几分。这里按**种子**划分，因为同一个种子的曲子是亲戚：两边都有亲戚，等于让它作弊。
# %%
seeds = songs["发行日期"]  # lesson 2 gave each seed a date of its own
learnt, unseen = train_test_split(sorted(set(seeds)), test_size=1 / 3, random_state=0)
is_learnt = seeds.isin(learnt).to_numpy()
y_train, y_test = labels[is_learnt], labels[~is_learnt]
print(len(y_train), "to learn,", len(y_test), "to test")

file_bytes = np.array(
    [list(library.audio(track).read_bytes()[20_000:22_000]) for track in songs.index], dtype=float
)
by_heart = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2_000))
by_heart.fit(file_bytes[is_learnt], y_train)
print("bytes, songs that were learnt:", by_heart.score(file_bytes[is_learnt], y_train))
print("bytes, songs never seen:      ", round(by_heart.score(file_bytes[~is_learnt], y_test), 2))

# %% [markdown] en
# ## The features of the songs
#
# **What works:** the measured features, and beside the score the **baseline** that always names the most frequent kind. `duration_s` is left out: it would tell the kind by how the composer fills bars, not by how the music sounds.
# %% [markdown] zh
# ## 歌的特征
#
# **能用的做法：** 用测量好的特征；得分旁边放上**基线**：永远猜最常见的那一类。去掉 `duration_s`，因为它透露的是作曲程序怎样凑满小节，而不是音乐听起来怎样。
# %%
features = library.features().loc[songs.index].drop(columns="duration_s")
x_train, x_test = features[is_learnt], features[~is_learnt]
model = make_pipeline(
    SimpleImputer(keep_empty_features=True), StandardScaler(), LogisticRegression(max_iter=2_000)
)
model.fit(x_train, y_train)
baseline = DummyClassifier(strategy="most_frequent").fit(x_train, y_train)
guessed = model.predict(x_test)
print("features, songs never seen:", round(accuracy_score(y_test, guessed), 2))
print("baseline:                  ", round(baseline.score(x_test, y_test), 2))

figure, axis = plt.subplots(figsize=(4.2, 3.6))
ConfusionMatrixDisplay.from_predictions(y_test, guessed, ax=axis, cmap="Blues", colorbar=False)
axis.set(title="songs never seen (count)", xlabel="guessed", ylabel="true")
figure.tight_layout()
plt.show()

# %% [markdown] en
# Twelve songs are few: one more or less is 8 percentage points. In the confusion matrix the diagonal is right; every other field says what was taken for what. Labels in English keep the picture readable where no Chinese font is installed; if you have one, write for example `plt.rcParams["font.family"] = "Noto Sans CJK SC"`.
#
# **A test that every model should take:** learn shuffled labels. If it still does better than guessing, something leaks.
# %% [markdown] zh
# 十二首很少：多对一首少对一首，就差 8 个百分点。混淆矩阵的对角线是猜对的，其余每格说明把什么当成了什么。图里用英文标签，是因为不一定装有中文字体；若有，可写 `plt.rcParams["font.family"] = "Noto Sans CJK SC"`。
#
# **每个模型都该过的一关：** 用打乱的标签去学。如果还比瞎猜好，就是哪里泄漏了答案。
# %%
rng = np.random.default_rng(0)
scores = []
for _ in range(20):
    model.fit(x_train, rng.permutation(y_train))
    scores.append(model.score(x_test, y_test))
print(f"shuffled labels: {np.mean(scores):.2f} ± {np.std(scores):.2f} · chance: {1 / 3:.2f}")

# %% [markdown] en
# ## The same in one line
#
# `library.train` does all of that for each value of a column: folds that never part an album or an artist, the baseline beside the score, and a refusal where there are too few songs.
# %% [markdown] zh
# ## 一行代码
#
# `library.train` 对一列的每个值做同样的事：交叉验证时绝不拆开同一专辑、同一艺术家，得分旁边就是基线，歌太少就拒绝。
# %%
library.train("标签")[["tag", "n_examples", "metric", "score", "score_std", "baseline", "refused"]]

# %% [markdown] en
# On to [lesson 4](4-network.ipynb): a network that writes melodies.
# %% [markdown] zh
# 接着看[第 4 课](4-network.ipynb)：会写旋律的网络。
