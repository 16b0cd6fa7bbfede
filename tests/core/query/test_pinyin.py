"""Pinyin, against titles and names as people say them."""

from __future__ import annotations

import pytest

from songloom.core.query.fold import simplified
from songloom.core.query.pinyin import DOUBLE_SURNAMES, SURNAMES, readings
from songloom.core.query.text import tokens

# Written down by ear, not by a program.
TITLES = """
月亮代表我的心 yueliangdaibiaowodexin
甜蜜蜜 tianmimi
夜来香 yelaixiang
茉莉花 molihua
但愿人长久 danyuanrenchangjiu
一剪梅 yijianmei
友谊之光 youyizhiguang
上海滩 shanghaitan
沧海一声笑 canghaiyishengxiao
铁血丹心 tiexuedanxin
海阔天空 haikuotiankong
光辉岁月 guanghuisuiyue
真的爱你 zhendeaini
千千阙歌 qianqianquege
吻别 wenbie
一路上有你 yilushangyouni
朋友 pengyou
花心 huaxin
爱如潮水 airuchaoshui
新不了情 xinbuliaoqing
心太软 xintairuan
伤心太平洋 shangxintaipingyang
对面的女孩看过来 duimiandenvhaikanguolai
我是一只小小鸟 woshiyizhixiaoxiaoniao
童年 tongnian
恋曲1990 lianqu
光阴的故事 guangyindegushi
外面的世界 waimiandeshijie
大约在冬季 dayuezaidongji
一无所有 yiwusuoyou
梦回唐朝 menghuitangchao
晴天 qingtian
七里香 qilixiang
东风破 dongfengpo
发如雪 faruxue
千里之外 qianlizhiwai
菊花台 juhuatai
稻香 daoxiang
夜曲 yequ
简单爱 jiandanai
双截棍 shuangjiegun
告白气球 gaobaiqiqiu
听妈妈的话 tingmamadehua
红豆 hongdou
传奇 chuanqi
我愿意 woyuanyi
容易受伤的女人 rongyishoushangdenvren
江南 jiangnan
曹操 caocao
小酒窝 xiaojiuwo
她说 tashuo
后来 houlai
很爱很爱你 henaihenaini
十年 shinian
浮夸 fukua
富士山下 fushishanxia
勇气 yongqi
隐形的翅膀 yinxingdechibang
遇见 yujian
天黑黑 tianheihei
老鼠爱大米 laoshuaidami
两只蝴蝶 liangzhihudie
最炫民族风 zuixuanminzufeng
平凡之路 pingfanzhilu
成都 chengdu
南山南 nanshannan
董小姐 dongxiaojie
匆匆那年 congcongnanian
小幸运 xiaoxingyun
起风了 qifengle
体面 timian
光年之外 guangnianzhiwai
消愁 xiaochou
漠河舞厅 mohewuting
孤勇者 guyongzhe
重庆森林 chongqingsenlin
长城 changcheng
银行 yinhang
音乐 yinyue
快乐 kuaile
"""
NAMES = """
邓丽君 denglijun
罗大佑 luodayou
崔健 cuijian
张国荣 zhangguorong
谭咏麟 tanyonglin
梅艳芳 meiyanfang
王菲 wangfei
周杰伦 zhoujielun
蔡依林 caiyilin
孙燕姿 sunyanzi
林俊杰 linjunjie
陈奕迅 chenyixun
曾轶可 zengyike
单依纯 shanyichun
解晓东 xiexiaodong
仇海平 qiuhaiping
区瑞强 ouruiqiang
朴树 piaoshu
乐嘉 yuejia
查可欣 zhakexin
覃桂梅 qinguimei
尉迟恭 yuchigong
令狐冲 linghuchong
欧阳娜娜 ouyangnana
皇甫嵩 huangfusong
"""


def pairs(listed: str) -> list[tuple[str, str]]:
    return [(text, said) for text, said in (line.split() for line in listed.strip().split("\n"))]


@pytest.mark.parametrize(("title", "said"), pairs(TITLES))
def test_a_title_is_found_as_it_is_said(title: str, said: str) -> None:
    assert any(token.startswith(f"pin{said}") for token in tokens([title]).split())


@pytest.mark.parametrize(("name", "said"), pairs(NAMES))
def test_a_name_is_found_as_it_is_said(name: str, said: str) -> None:
    line = tokens([name], is_name=True).split()
    assert f"pin{said}" in line


@pytest.mark.parametrize(
    ("title", "initials"),
    [("月亮代表我的心", "yldbwdx"), ("海阔天空", "hktk"), ("重庆", "cq"), ("长安", "ca")],
)
def test_initials(title: str, initials: str) -> None:
    assert f"ini{initials}" in tokens([title]).split()


@pytest.mark.parametrize("character", sorted(SURNAMES))
def test_both_readings_of_a_surname_are_kept(character: str) -> None:
    as_name = readings(f"{character}某", is_name=True)
    as_word = readings(f"{character}某")
    assert as_name[0][0] == SURNAMES[character]
    assert set(as_word[0]) <= set(as_name[0])
    assert as_name[1] == as_word[1]


@pytest.mark.parametrize("name", sorted(DOUBLE_SURNAMES))
def test_double_surnames(name: str) -> None:
    first, second, _ = readings(f"{name}某", is_name=True)
    assert (first[0], second[0]) == DOUBLE_SURNAMES[name]


def test_a_surname_inside_a_title_is_a_word() -> None:
    assert readings("简单")[1] == ("dan",)
    assert readings("未曾")[1][0] == "ceng"


@pytest.mark.parametrize(
    ("text", "expected"), [("女", {"nv", "nu"}), ("绿", {"lv", "lu"}), ("略", {"lve", "lue"})]
)
def test_both_ways_to_type_an_umlaut(text: str, expected: set[str]) -> None:
    assert expected <= set(readings(text)[0])


@pytest.mark.parametrize("text", ["", "さくら", "アイ", "한국", "ภาษา"])
def test_what_is_not_chinese_has_no_reading(text: str) -> None:
    assert readings(text) == [()] * len(text)


def test_mixed_writing_keeps_its_places() -> None:
    read = readings("花の女")
    assert [bool(each) for each in read] == [True, False, True]
    assert "pinhua" in tokens(["花の女"]).split()
    assert not any(token.startswith("pinhuanv") for token in tokens(["花の女"]).split())


def test_traditional_writing_is_read_like_simplified() -> None:
    for traditional, said in (("後來", "houlai"), ("長城", "changcheng"), ("重慶", "chongqing")):
        assert f"pin{said}" in tokens([traditional]).split()
        assert readings(simplified(traditional))[0]
