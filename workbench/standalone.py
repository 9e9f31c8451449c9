"""A map as an SVG file that stands alone: the rules and colours it needs are put in, for light and for dark."""

import re
from pathlib import Path

STATIC = Path(__file__).parent / "static"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, sans-serif"
NOT_DRAWN = re.compile(r"<rect class=\"focus-ring\"[^>]*/>")


def standing_alone(drawn: str) -> str:
    """Return a drawing of the map as the text of an SVG file, without links."""
    drawn = re.sub(r'<a class="([^"]*)" href="[^"]*"', r'<a class="\1"', NOT_DRAWN.sub("", drawn))
    colours = style(drawn)
    return (
        drawn.replace("<title>", f'<style>{colours}</style><rect class="paper" width="100%" height="100%"/><title>', 1)
        + "\n"
    )


def style(drawn: str) -> str:
    """Return the rules of the map that a drawing needs, with colours for light and for dark."""
    used = set(re.findall(r"[\w-]+", " ".join(re.findall(r'class="([^"]*)"', drawn))))
    rules = [rule for rule in _rules() if set(re.findall(r"\.([\w-]+)", rule.partition("{")[0])) - {"map"} <= used]
    needed = sorted({"paper"} | set(re.findall(r"var\(--([\w-]+)\)", "".join(rules))) - {"sans"})
    light, dark = _tokens()
    text = "".join(rules).replace("var(--sans)", FONT)
    return (
        f".map{{{_said(light, needed)}}}@media (prefers-color-scheme: dark){{.map{{{_said(dark, needed)}}}}}"
        f".map .paper{{fill:var(--paper)}}{text}"
    )


def _rules() -> list[str]:
    """Return the plain rules of the map's stylesheet: what stands in its first layer, before any @media."""
    layer = (STATIC / "map.css").read_text("utf-8").partition("@layer map {")[2].partition("@media")[0]
    return [
        " ".join(rule.split())
        for rule in re.findall(r"\.map[^{}]*{[^{}]*}", layer)
        if ":hover" not in rule and ":focus" not in rule
    ]


def _tokens() -> tuple[dict[str, str], dict[str, str]]:
    """Return the colours of the pages by name, for light and for dark."""
    found = re.findall(r"--([\w-]+): light-dark\(([^,]+), ([^)]+)\)", (STATIC / "workbench.css").read_text("utf-8"))
    return {name: light for name, light, _ in found}, {name: dark for name, _, dark in found}


def _said(colours: dict[str, str], names: list[str]) -> str:
    return "".join(f"--{name}:{colours[name]};" for name in names)
