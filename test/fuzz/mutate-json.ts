import type { Random } from '@autodnnchip/core';
import { edgeNumbers, mutateBytes, oddNames } from './mutate-bytes.js';

type Container = unknown[] | Record<string, unknown>;

/** JSON of the same document with one to four changes in its structure; now and then changes in its bytes. */
export function mutateJson(text: string, random: Random): string {
  if (random.integer(10) === 0) return Buffer.from(mutateBytes(Buffer.from(text), random)).toString('latin1');
  const root = { document: JSON.parse(text) as unknown };
  let result = '';
  for (let left = 1 + random.integer(1 + random.integer(4)); left > 0; left--) change(root, random);
  result = JSON.stringify(root.document) ?? '';
  if (random.integer(25) === 0)
    result = result.replace(
      /:\s*-?\d+/,
      () =>
        `:${random.pick(['1e999', '-0', '1e-400', '9007199254740993', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, '{"__proto__":{"value":1}}'])}`,
    );
  return result;
}

function containers(value: unknown, found: Container[] = []): Container[] {
  if (typeof value !== 'object' || value === null) return found;
  if (Object.keys(value).length > 0) found.push(value as Container);
  for (const inner of Object.values(value)) containers(inner, found);
  return found;
}

function change(root: Record<string, unknown>, random: Random): void {
  const all = containers(root);
  if (all.length === 0) return;
  const holder = random.pick(all) as Record<string, unknown>;
  const key = random.pick(Object.keys(holder));
  const value = holder[key];
  switch (random.integer(8)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      return;
    case 1:
      if (Array.isArray(holder)) holder.push(structuredClone(value));
      else define(holder, random.pick(oddNames), structuredClone(value));
      return;
    case 2: {
      const other = random.pick(all) as Record<string, unknown>;
      holder[key] = structuredClone(other[random.pick(Object.keys(other))]);
      return;
    }
    case 3:
      holder[key] = random.pick([null, true, [], {}, '', 0, nest(random.integer(200))]);
      return;
    default:
  }
  if (typeof value === 'number')
    holder[key] =
      random.integer(2) === 0
        ? random.pick(edgeNumbers)
        : random.pick([value + 1, value - 1, value * 2, value / 3, -value, value * 1e9, value * 1e-9, 1e308, 5e-324]);
  else if (typeof value === 'string')
    holder[key] =
      random.integer(2) === 0
        ? random.pick(oddNames)
        : value.slice(0, random.integer(value.length + 1)) + random.pick(oddNames);
}

function nest(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { steps: value, repeat: 2 };
  return value;
}

function define(holder: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
}
