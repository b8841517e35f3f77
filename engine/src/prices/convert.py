#!/usr/bin/env python3
"""Turns the data file of pydantic's genai-prices (MIT) into tokenmeter's price table.

    python3 engine/src/prices/convert.py genai-prices.json 2026-08-16 \\
        > engine/src/main/resources/io/tokenmeter/engine/prices/prices.tsv

The second argument is the day whose prices these are; it becomes the table's date. The file does
not state one. Where it is not known otherwise, take the latest day in the past that the file names
(in a model or a price's start): a table must not pass for newer than it is.
The table's form is described in the header that this script writes.
"""

import json
import sys
from decimal import ROUND_UP, Decimal

HEADER = """\
# What tokens cost, in USD per million tokens. Made by engine/src/prices/convert.py from the
# figures of pydantic's genai-prices (MIT, see NOTICE). Do not edit; state your own prices in
# tokenmeter.yaml under prices.overrides.
#
# date <day>                               the figures are at least as new as this
# provider <name> <aliases> <fallbacks>    the rows below are this provider's; a model that they
#                                          do not name is looked up at the fallbacks
# <models> <from> <above> <prices>         <models>: names divided by |; a name stands for itself
#                                          and its dated snapshots, with a trailing * for every
#                                          name that begins with it and goes on at a boundary.
#                                          <from>: the first day (UTC) of these prices, - for
#                                          always. <above>: they hold for calls with more input
#                                          tokens than this, - for every call.
#                                          <prices>: token class=price, divided by blanks
#
# Only what is charged by the token stands here: no fees per request or web search, and no prices
# of images, video or cached audio that differ from those of text."""

# The source's provider -> name as in gen_ai.provider.name, other names, fallbacks.
PROVIDERS = {
    "openai": ("openai", [], []),
    "anthropic": ("anthropic", [], []),
    "google": ("gcp.gemini", ["gcp.vertex_ai", "gcp.gen_ai", "google", "gemini"], ["anthropic"]),
    "azure": ("azure.ai.openai", ["azure.ai.inference", "az.ai.openai", "az.ai.inference", "azure"],
              ["openai", "anthropic"]),
    "aws": ("aws.bedrock", ["aws", "bedrock"], []),
    "mistral": ("mistral_ai", ["mistral"], []),
    "deepseek": ("deepseek", [], []),
    "groq": ("groq", [], []),
    "x-ai": ("x_ai", ["x-ai", "xai"], []),
    "cohere": ("cohere", [], []),
    "together": ("together", ["together_ai"], []),
    "fireworks": ("fireworks", ["fireworks_ai"], []),
    "perplexity": ("perplexity", [], []),
    "openrouter": ("openrouter", [], []),
    "cerebras": ("cerebras", [], []),
    "moonshotai": ("moonshot_ai", ["moonshotai", "moonshot"], []),
    "voyageai": ("voyage_ai", ["voyageai", "voyage"], []),
}

CLASSES = {
    "input_mtok": "uncached_input",
    "input_audio_mtok": "audio_input",
    "cache_read_mtok": "cache_read",
    "cache_write_mtok": "cache_write_5m",
    "cache_write_1h_mtok": "cache_write_1h",
    "output_mtok": "output",
    "output_reasoning_mtok": "reasoning",
    "output_audio_mtok": "audio_output",
}

# Prefixes of the source that end inside a word, with the names that they stand for.
ENDS_INSIDE_A_WORD = {
    "ft:gpt-4-0": ["ft:gpt-4-0613*"],
    "claude-sonnet-4-2025": ["claude-sonnet-4-20250514"],
    "gemini-2.0-flash-0": ["gemini-2.0-flash-001"],
    # Bedrock's names carry the maker; the source leaves it out where it looks anywhere in a name.
    "titan-text-express": ["amazon.titan-text-express*"],
    "titan-text-lite": ["amazon.titan-text-lite*"],
}


def patterns(provider, match):
    """The names and prefixes of a match; dated snapshots need no pattern of their own."""
    for kind, value in match.items():
        if kind == "or":
            for part in value:
                yield from patterns(provider, part)
        elif kind in ("equals", "ends_with"):
            yield value.lower()
        elif kind in ("starts_with", "contains"):
            value = value.lower()
            if value in ENDS_INSIDE_A_WORD:
                yield from ENDS_INSIDE_A_WORD[value]
            elif provider == "aws" and value.startswith("claude-"):
                yield "anthropic." + value + "*"
            else:
                yield value + "*"
        elif kind == "regex":
            if not value.rstrip("$").endswith((r"\d", r"\d{8}", r"\d{2}")):
                sys.exit("a regular expression that is not about dates: " + value)
        else:
            sys.exit("an unknown kind of match: " + kind)


def dearest_of_the_day(periods):
    """Prices that change with the hour are taken at their dearest."""
    if not any("start_time" in period.get("constraint", {}) for period in periods):
        return periods
    return [{"prices": max((period["prices"] for period in periods), key=lambda p: p["input_mtok"])}]


def decimal(number):
    """At most six places, which is whole pico-USD a token; the rare finer price is rounded up."""
    text = format(Decimal(str(number)).quantize(Decimal("0.000001"), ROUND_UP), "f")
    return text.rstrip("0").rstrip(".")


def tiers(prices):
    """(above, prices) for every context size at which some price changes."""
    known = {CLASSES[key]: value for key, value in prices.items() if key in CLASSES}
    starts = {tier["start"] for value in known.values() if isinstance(value, dict)
              for tier in value["tiers"]}
    for above in [0, *sorted(starts)]:
        row = {}
        for label, value in known.items():
            if isinstance(value, dict):
                price = value["base"]
                for tier in value["tiers"]:
                    if tier["start"] <= above:
                        price = tier["price"]
                value = price
            row[label] = decimal(value)
        yield above, row


def rows(provider):
    taken = set()
    for model in provider["models"]:
        names = []
        for name in patterns(provider["id"], model["match"]):
            if name not in taken:
                taken.add(name)
                names.append(name)
        periods = model["prices"]
        periods = [{"prices": periods}] if isinstance(periods, dict) else dearest_of_the_day(periods)
        for period in periods:
            start = period.get("constraint", {}).get("start_date", "-")
            for above, prices in tiers(period["prices"]):
                if names and "uncached_input" in prices:
                    yield "\t".join([
                        "|".join(names), start, str(above) if above else "-",
                        " ".join(f"{label}={prices[label]}" for label in CLASSES.values()
                                 if label in prices)])


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        source = {provider["id"]: provider for provider in json.load(file, parse_float=Decimal)}
    print(HEADER)
    print("date", sys.argv[2], sep="\t")
    for name, (own, aliases, fallbacks) in PROVIDERS.items():
        print("provider", own, ",".join(aliases) or "-", ",".join(fallbacks) or "-", sep="\t")
        for row in rows(source[name]):
            print(row)


main()
