// Writes the golden vectors with the reference implementation: the npm package tiktoken.
//
//   npm install --no-save tiktoken@1.0.22 && node generate.mjs > ../resources/golden.tsv
//
// A line: encoding, the text in UTF-16 as hex, the ids. Long runs are written as
// "<hex>*<times>" and their ids as "#<count>:<FNV-1a of the ids>".

import { get_encoding } from "tiktoken";

const WHITE_SPACE = [
  0x9, 0xa, 0xb, 0xc, 0xd, 0x20, 0x85, 0xa0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004,
  0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000,
].map((codePoint) => String.fromCodePoint(codePoint));

const CONTRACTIONS = ["'s", "'S", "'\u017f", "'t", "'T", "'m", "'d", "'D", "'re", "'RE", "'rE",
  "'ve", "'vE", "'ll", "'LL", "'lL", "'l", "'r", "'v", "'x", "''s", "\u2019s", "'sA", "'tis"];

const TEXTS = [
  "",
  "Hello, world!",
  "The quick brown fox jumps over the lazy dog.",
  "for (int i = 0; i < n; i++) {\r\n\tsum += a[i]; // add\r\n}\r\n\r\n",
  '{"name": "get_weather", "arguments": {"city": "Z\u00fcrich", "days": 3}}',
  "<|endoftext|> <|im_start|>user<|im_end|> <|endofprompt|> <|fim_prefix|>",
  "HTTPServer camelCase XMLHttpRequest iOS snake_case SCREAMING_SNAKE ABCdefGHI",
  "\u4e9a\u6d32AV \u4e9a\u6d32AVb \u4e9aABCd \u6f22\u5b57kana",
  "\u6211\u4eec\u5728\u5317\u4eac\u5927\u5b66\u5b66\u4e60\u4eba\u5de5\u667a\u80fd\uff0c\u4eca\u5929\u5929\u6c14\u5f88\u597d\u3002",
  "\u65e5\u672c\u8a9e\u306e\u6587\u7ae0\u3068\u30ab\u30bf\u30ab\u30ca\u3001\u534a\u89d2\uff76\uff85\u3002",
  "\ud55c\uad6d\uc5b4 \ubb38\uc7a5\uc785\ub2c8\ub2e4.",
  "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e04\u0e23\u0e31\u0e1a \u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22\u0e44\u0e21\u0e48\u0e21\u0e35\u0e0a\u0e48\u0e2d\u0e07\u0e27\u0e48\u0e32\u0e07",
  "\u0627\u0644\u0633\u0644\u0627\u0645 \u0639\u0644\u064a\u0643\u0645 \u0648\u064e\u0631\u064e\u062d\u0652\u0645\u064e\u0629\u064f",
  "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440! \u042d\u0422\u041e \u0422\u0435\u0441\u0442\u041e\u0432\u042b\u0439",
  "\u0939\u093f\u0928\u094d\u0926\u0940 \u092e\u0947\u0902 \u0967\u0968\u0969\u096a",
  "\u0661\u0662\u0663\u0664\u0665 \u0966\u0967\u0968\u0969\u096a \ud835\udfce\ud835\udfcf\ud835\udfd0\ud835\udfd1 \u2163\u2164 \u00bd\u00b2\u00b3 \u3007\u4e00",
  "1 12 123 1234 12345 123456 1,234,567.89 0x1F 3.14e-10",
  "e\u0301 \u0301a \u0301 \u0301\u0302AB !\u0301a !!\u0301a a\u0301b A\u0301B \u0301's \u0301AV",
  "\u01c5\u01c8\u01cb a\u01c5b A\u01c5B \u02b0\u02b1 A\u02b0 a\u02b0B \u02b0AB\u02b0 A\u02b0B's",
  "\ud83d\ude00\ud83d\ude01 \ud83d\udc69\u200d\ud83d\udc69\u200d\ud83d\udc67\u200d\ud83d\udc66 \ud83c\udde9\ud83c\uddea \ud83d\udc4d\ud83c\udffd \u2764\ufe0f 1\ufe0f\u20e3 \ud83c\udff4\udb40\udc67\udb40\udc62\udb40\udc7f",
  "\ud800", "\udc00", "a\ud800b", "a\udc00b", "\ud800\ud800\udc00", "\udc00\ud800", "x \ud83d", "\ud83d'\ude00s",
  "\u0000\u0001\u001b[0m\u007f\u0080\u009f\u001c\u001d\u001e\u001f",
  "\ufeffBOM \u200b zero \u00ad soft \ufffd \uffff \ud83f\udffe \udbff\udfff \ue000",
  "\ud803\udd50\ud803\udd51's \u1c89\u1c8a \ua7da\ua7db \ud838\uddd0 \u0c5d's \ud81b\udd40",
  "path/to/file.txt\n/// comment\n//\n/\n\n/ end/\r\n/",
  "a\n  b\n\n   c \n \t d\t\te  \n\n  ", " ", "  ", "   ", "\n", "\n\n", "\n ", " \n", "\r\n\r\n \r\n", "x\u00a0\u00a0y \u00a0z\u00a0",
  "\u3000\u3000\u5168\u89d2\u3000\u7a7a\u767d\n\u3000\u3000x",
  "!!!???...---***===~~~ ?! #$%^&*() \u2014\u2013\u2026 \u00ab\u00bb \u201cq\u201d",
  "foo('bar's) it's IT'S I'm we've they'LL O'Reilly rock'n'roll '90s 'tis",
];

for (const space of WHITE_SPACE) {
  TEXTS.push(`a${space}b`, `a${space}${space}b`, `${space}1`, `x${space}`, ` ${space}!`, `${space}\n${space}'s`);
}
for (const contraction of CONTRACTIONS) {
  TEXTS.push(contraction, `I${contraction}`, `x${contraction}y`, ` ${contraction} A${contraction}`, `\u4e2d${contraction}`, `1${contraction}`);
}
for (const word of ["naive", "antidisestablishmentarianism", "Donaudampfschifffahrtsgesellschaft", "asdfghjklqwertyuiopzxcvbnm",
  "0123456789abcdef0123456789abcdef", "aGVsbG8gd29ybGQgdGhpcyBpcyBiYXNlNjQ=", "\u044d\u043a\u0441\u043f\u0435\u0440\u0438\u043c\u0435\u043d\u0442"]) {
  TEXTS.push(word, ` ${word}`, word.toUpperCase(), `${word}${word}`, [...word].reverse().join(""));
}
for (const text of ["a", " ", "\n", "=", "-", "ab", "\u7684", "\u00e9", "\u0e01", "\ud83d\ude00", "\r\n", "\t", "9", "A", "/\n", " \n"]) {
  for (const times of [2, 3, 7, 16, 33, 64, 100, 129, 255]) {
    TEXTS.push(text.repeat(times), `x${text.repeat(times)}`, `${text.repeat(times)}x`);
  }
}

// A reproducible mixture of everything.
let state = 20261122;
const random = (bound) => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return Math.floor(((state >>> 8) / 0x1000000) * bound);
};
const PARTS = [...WHITE_SPACE, ...CONTRACTIONS, "the", " and", "Word", "\u4e9a", "AV", "\u0301", "\u01c5", "\u02b0", "1", "22",
  "\u0661", "\ud83d\ude00", "\u200d", "\ud800", "\udc00", "/", "//", ".", ",", "(", ")", "_", "-", "\u0e01\u0e34", "\u0627", "\u0416", "\u0436"];
for (let i = 0; i < 150; i++) {
  let text = "";
  for (let n = 2 + random(14); n > 0; n--) {
    text += PARTS[random(PARTS.length)];
  }
  TEXTS.push(text);
}
for (let i = 0; i < 150; i++) {
  let text = "";
  for (let n = 1 + random(20); n > 0; n--) {
    const codePoint = random([0x80, 0x800, 0x3100, 0x10000, 0x20000][random(5)]);
    text += String.fromCodePoint(codePoint);
  }
  TEXTS.push(text);
}

const RUNS = ["a", " ", "\u7684", "\n", "ab", "=", "9", "A", "\u0e01", "\ud83d\ude00"];

const hex = (text) => [...Array(text.length).keys()].map((i) => text.charCodeAt(i).toString(16).padStart(4, "0")).join("");
const fnv = (ids) => {
  let hash = 0x811c9dc5;
  for (const id of ids) {
    hash = Math.imul(hash ^ id, 0x01000193) >>> 0;
  }
  return hash.toString(16);
};

for (const name of ["r50k_base", "p50k_base", "cl100k_base", "o200k_base"]) {
  const encoding = get_encoding(name);
  for (const text of new Set(TEXTS)) {
    console.log(`${name}\t${hex(text)}\t${encoding.encode_ordinary(text).join(" ")}`);
  }
  for (const run of RUNS) {
    const ids = encoding.encode_ordinary(run.repeat(5000));
    console.log(`${name}\t${hex(run)}*5000\t#${ids.length}:${fnv(ids)}`);
  }
  encoding.free();
}
