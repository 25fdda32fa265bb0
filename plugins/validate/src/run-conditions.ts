import type { GivenAccelerator } from '@autodnnchip/core';
import { decimalNumber } from './decimal-number.js';

/**
 * What is stated of the run of a row, by name: figures named like facts of accelerators (`clockMegahertz`: `250`), and
 * words (`release`: `TensorRT 3.0`).
 */
export type RunConditions = Readonly<Record<string, string>>;

/** Columns of their own that a file may have for conditions, beside `conditions` with `name=value; name=value`. */
export const conditionColumns = ['clockMegahertz', 'ddrGigabytesPerSecond', 'link', 'release', 'powerMode'] as const;

/** How notes state conditions. The first phrase of a name counts. */
const phrases: readonly { readonly name: string; readonly pattern: RegExp; readonly value?: string }[] = [
  { name: 'ddrGigabytesPerSecond', pattern: /DDR about ([\d.]+) GB\/s/ },
  { name: 'clockMegahertz', pattern: /clock \(([\d.]+) MHz\)/ },
  { name: 'weightCacheMegabytes', pattern: /on chip [\d.]+ MiB of ([\d.]+) available/ },
  { name: 'weightCacheMegabytes', pattern: /on chip ([\d.]+) MiB.*streamed (?!0 MiB)/ },
  { name: 'mapping', pattern: /\bmapping [mnepqrt, ]*(\d+(?:, ?\d+)+)/ },
  { name: 'copiesIncluded', pattern: /computation only/, value: '0' },
  { name: 'release', pattern: /\b((?:DNNDK|VART|AI SDK|Vitis AI)(?: v?\d[\d.]*\d)?)\b/ },
  { name: 'release', pattern: /\brelease (v\d[\d.]*\d)\b/ },
  {
    name: 'copiesIncluded',
    pattern: /copies of input and output included|includes copying input and output/,
    value: '1',
  },
];

/** How sources state conditions. */
const sourcePhrases: typeof phrases = [
  { name: 'host', pattern: /\bhost ([A-Z][^;,(]*)/ },
  { name: 'compiler', pattern: /\bcompiler (\d[\d.]*)/ },
];

/** Figures that change no fact but have a meaning of their own. */
const otherFigures: ReadonlySet<string> = new Set(['ddrGigabytesPerSecond']);

/** What the note and the source of a row say of the run. */
export function conditionsInWords(note: string, source: string): RunConditions {
  return { ...found(source, sourcePhrases), ...found(note, phrases) };
}

function found(text: string, wanted: typeof phrases): RunConditions {
  const stated: Record<string, string> = {};
  for (const { name, pattern, value } of wanted) {
    const match = pattern.exec(text);
    if (match !== null && !(name in stated)) stated[name] = value ?? match[1].trim();
  }
  return stated;
}

/** `name=value; name=value`, or the part that is not of this form. */
export function parseConditions(text: string): RunConditions | string {
  const stated: [string, string][] = [];
  for (const part of text
    .split(';')
    .map(piece => piece.trim())
    .filter(piece => piece !== '')) {
    const found = /^([^=]+)=(.+)$/.exec(part);
    if (found === null) return part;
    stated.push([found[1].trim(), found[2].trim()]);
  }
  return Object.fromEntries(stated);
}

/** Figures of a run that replace facts of the accelerator. */
export function changedFacts(stated: RunConditions, { facts }: GivenAccelerator): Readonly<Record<string, number>> {
  const changed = Object.entries(stated).filter(([name]) => Object.hasOwn(facts, name));
  return Object.fromEntries(changed.map(([name, value]) => [name, decimalNumber(value)]));
}

/** Why a run under these conditions is not one of this accelerator, where that is so. */
export function conditionProblem(
  stated: RunConditions,
  platform: string,
  accelerator: GivenAccelerator,
): string | undefined {
  for (const [name, value] of Object.entries(stated)) {
    const own = Object.hasOwn(accelerator.conditions, name) ? accelerator.conditions[name] : undefined;
    if (own !== undefined && own !== value) return `the row was run with ${name} ${value}, ${platform} is with ${own}`;
    const isFigure = Object.hasOwn(accelerator.facts, name) || otherFigures.has(name);
    if (isFigure && !(decimalNumber(value) >= 0 && Number.isFinite(decimalNumber(value))))
      return `the condition ${name} '${value}' is not a number from 0`;
  }
  return undefined;
}
