import { boxWidth, meet, pieces, textArea } from '../../../tools/docs/drawing.ts';
import type { Area, Drawing } from '../../../tools/docs/drawing.ts';

const contains = (outer: Area, inner: Area): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;
const pairs = <T>(all: readonly T[]): [T, T][] =>
  all.flatMap((one, index) => all.slice(index + 1).map((other): [T, T] => [one, other]));
const isWide = ({ width, height }: Area): boolean => width > height;

/** Everything in a picture that a reader would stumble over: what overlaps, is cut off, or runs through something else. */
export function flawsOf({ boxes, texts, lines, width, height }: Drawing): string[] {
  const named = boxes.map((box, index) => ({ ...box, name: box.text ?? `frame ${index}` }));
  const labels = texts.map((text) => ({ ...textArea(text), name: text.lines.join(' ') }));
  const runs = lines.flatMap((line) =>
    pieces(line).map((area) => ({ ...area, line, name: `${line.from} to ${line.to}` })),
  );
  const inside: Area = { x: 0, y: 0, width, height };
  const isFrame = (box: (typeof named)[number]): boolean => box.text === undefined;
  const flaws = [
    ...[...named, ...labels, ...runs].filter((one) => !contains(inside, one)).map(({ name }) => `${name}: cut off`),
    ...named
      .filter(({ text, width: room }) => text !== undefined && boxWidth(text) > room)
      .map(({ name }) => `${name}: wider than its box`),
    ...pairs(named)
      .filter(([one, other]) => meet(one, other))
      .filter(([one, other]) => !(isFrame(one) && contains(one, other)) && !(isFrame(other) && contains(other, one)))
      .map(([one, other]) => `${one.name}: overlaps ${other.name}`),
    ...labels.flatMap((label) => [
      ...named
        .filter((box) => meet(box, label) && !(isFrame(box) && contains(box, label)))
        .map((box) => `${label.name}: on the border of or in ${box.name}`),
      ...runs.filter((run) => meet(run, label)).map((run) => `${label.name}: on the line ${run.name}`),
    ]),
    ...pairs(labels)
      .filter(([one, other]) => meet(one, other))
      .map(([one, other]) => `${one.name}: overlaps ${other.name}`),
    ...runs.flatMap((run) =>
      named
        .filter((box) => !isFrame(box) && ![run.line.from, run.line.to].includes(box.name) && meet(box, run))
        .map((box) => `${run.name}: runs through ${box.name}`),
    ),
    ...pairs(runs)
      .filter(([one, other]) => one.line !== other.line && isWide(one) === isWide(other) && meet(one, other))
      .map(([one, other]) => `${one.name}: lies on the line ${other.name}`),
  ];
  return flaws;
}
