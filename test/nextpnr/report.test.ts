import { readPlacementReport } from '@autodnnchip/plugin-nextpnr';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { report } from './reports.js';

const reports = suite('reports of nextpnr');

reports('the path between registers counts, not the one from a pin', () => {
  const { fmaxMegahertz, criticalPath, utilization, steps } = readPlacementReport(report(125));
  assert.is(fmaxMegahertz, 125);
  assert.equal(criticalPath, {
    from: 'u_conv.a.DI',
    to: 'u_conv.b.DI',
    logicNanoseconds: 4.75,
    routingNanoseconds: 3.25,
  });
  assert.is(steps.length, 5);
  assert.equal(utilization['MULT18X18D'], { available: 156, used: 2 });
});

reports('what is no report, or of another form, says what is missing', async () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ['', /not JSON/],
    ['[]', /the report has no fields/],
    [report(125, { fmax: {} }), /0 clocks/],
    [report(125, { fmax: { a: { achieved: 1 }, b: { achieved: 2 } } }), /2 clocks instead of one: a, b/],
    [report(0), /is 0/],
    [report(125, { critical_paths: [] }), /no path between registers/],
    [report(125, { critical_paths: 7 }), /no critical paths/],
    [report(125, { utilization: { LUT: { used: 'many', available: 1 } } }), /LUT has no amount/],
  ];
  for (const [text, reason] of refused)
    assert.match((await expectError('ADC4013', () => readPlacementReport(text))).message, reason);
});

reports.run();
