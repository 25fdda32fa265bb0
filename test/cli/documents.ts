import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as assert from 'uvu/assert';

/** A document that `--json` printed, after holding it against its committed schema. */
export function parseDocument(command: string, output: string): Record<string, unknown> {
  const document: unknown = JSON.parse(output);
  const schema = JSON.parse(readFileSync(`plugins/cli/schemas/${command}.schema.json`, 'utf8')) as Record<
    string,
    unknown
  >;
  const validate = new Ajv2020({ allErrors: true }).compile(schema);
  assert.ok(validate(document), JSON.stringify(validate.errors, undefined, 2));
  return document as Record<string, unknown>;
}
