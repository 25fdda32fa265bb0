/** `npm test`: set-up, then the tests. Arguments are parts of paths; only test files with one of them run. */
import { setUp } from './setup.mjs';
import { runTests } from './run-tests.mjs';

setUp();
process.exitCode = await runTests(process.argv.slice(2));
