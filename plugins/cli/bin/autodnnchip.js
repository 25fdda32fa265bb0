#!/usr/bin/env node
import { existsSync } from 'node:fs';

const entry = new URL('../dist/main.js', import.meta.url);
if (existsSync(entry)) {
  const { main } = await import(entry.href);
  await main(process.argv.slice(2));
} else {
  process.stderr.write('autodnnchip is not compiled yet.\n  what to do: run `npm start` or `npx tsc -b` in its repository.\n');
  process.exitCode = 2;
}
