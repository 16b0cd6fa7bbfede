"""References in a prompt: a song that the piece should be like, a title that it should have."""

from __future__ import annotations

import re

from songloom.core.query.prompt_reading import HAN, Reading
from songloom.core.query.prompt_words import meanings

QUOTED = (
    r"(?:《(?P<a>[^《》\x00]{1,100})》|\"(?P<b>[^\"\x00]{1,100})\""
    r"|“(?P<c>[^“”\x00]{1,100})”|「(?P<d>[^「」\x00]{1,100})」)"
)
LIKE_EN = (
    r"(?:(?<![A-Za-z])(?:(?:[Ss]ound(?:s|ing)?|[Ss]omething|[Mm]uch|[Aa] bit) )?"
    r"(?:[Ll]ike|[Ss]imilar to|[Ii]n the (?:style|manner|spirit) of"
    r"|[Rr]eminiscent of|[Ii]nspired by))"
)
LIKE_ZH = r"(?:(?:有点|好|就)?(?:像|类似于?|仿照?|仿佛|如同|参考|模仿|照着))"
LIKE_QUOTED = re.compile(
    rf"(?:{LIKE_EN}\s+(?:the song |the tune )?|{LIKE_ZH}\s*(?:歌曲|曲子)?){QUOTED}"
    r"(?:那样|一样|这样|那种|这种)?"
)
LIKE_ID = re.compile(
    rf"(?:{LIKE_EN}\s+(?:the )?(?:track |song )?|{LIKE_ZH}\s*)"
    r"(?P<title>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)
LIKE_HAN = re.compile(rf"{LIKE_EN}\s+(?P<title>[{HAN}]{{2,30}})")
LIKE_SUCH = re.compile(
    rf"{LIKE_ZH}\s*(?P<title>[{HAN}]{{2,12}}?)(?:那样|那种|那首歌|那首曲子|那首)"
)

CAPITAL = r"(?![A-G](?:b|#)?m?(?![\w'.-]))[A-Z][\w'.-]*"  # a word of a title, but no key
SMALL = r"(?:of|the|and|in|a|to|for|on)"
LIKE_TITLE = re.compile(rf"{LIKE_EN}\s+(?P<title>[A-Z][\w'.-]*(?:\s+(?:{SMALL}\s+)*{CAPITAL})*)")
CALLED = re.compile(
    rf"(?:(?<![A-Za-z])(?:called|titled|entitled|named|title:?)\s+|(?:名字?叫做?|叫做?|名为|题为|题目?[是为叫]|标题[是为:]?|取名)\s*){QUOTED}"
)


def read_like(reading: Reading) -> None:
    """`like 青花瓷`, `像《青花瓷》`, `in the style of "Greensleeves"`, `like Moon River` → like.

    Without quotes Chinese needs 那样 or 那种 behind the name: 像流水一样 is a picture, not a title.
    """
    for pattern in (LIKE_QUOTED, LIKE_ID, LIKE_HAN, LIKE_SUCH, LIKE_TITLE):
        for match in reading.finds(pattern, cased=True):
            start, end = _title_span(match)
            title = reading.shown[start:end].strip()
            if title.lower() in meanings() or len(title) < 2:
                continue
            reading.wish("like", title, reading.take(*match.span()))


def read_title(reading: Reading) -> None:
    """`called "Rain"`, `叫《雨后》` → title."""
    for match in reading.finds(CALLED, cased=True):
        start, end = _title_span(match)
        title = reading.shown[start:end].strip()
        if title:
            reading.wish("title", title, reading.take(*match.span()))


def _title_span(match: re.Match[str]) -> tuple[int, int]:
    name = next(name for name, text in match.groupdict().items() if text is not None)
    return match.span(name)
