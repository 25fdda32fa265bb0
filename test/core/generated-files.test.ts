import { existsSync, readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { generatedFiles } from '../../scripts/generated-files.js';
import { suite } from '../support/suite.js';

const test = suite('generated files');

for (const [path, content] of generatedFiles()) {
  test(`${path} is current`, () => {
    assert.ok(existsSync(path) && readFileSync(path, 'utf8') === content, `run \`npm run docs\` and commit ${path}`);
  });
}

test.run();
