/** A report as nextpnr-ecp5 0.11 writes it, cut down to what is read and a path to a pin before the one that counts. */
export function report(achieved: number, changes: Readonly<Record<string, unknown>> = {}): string {
  const step = (type: string, delay: number, from: string, to: string): unknown => ({
    type,
    delay,
    from: { cell: from, loc: [1, 2], port: 'Q' },
    to: { cell: to, loc: [3, 4], port: 'DI' },
    ...(type === 'routing' ? { net: 'n', budget: 0 } : {}),
  });
  const clock = '$glbnet$clk$TRELLIS_IO_IN';
  return JSON.stringify({
    critical_paths: [
      {
        from: '<async>',
        to: `posedge ${clock}`,
        path: [step('source', 0, 'scan_in', 'scan_in'), step('routing', 2.5, 'scan_in', 'scan_q')],
      },
      {
        from: `posedge ${clock}`,
        to: `posedge ${clock}`,
        path: [
          step('clk-to-q', 0.5, 'u_core.u_conv.a', 'u_core.u_conv.a'),
          step('routing', 1.25, 'u_core.u_conv.a', 'u_core.u_conv.m'),
          step('logic', 4, 'u_core.u_conv.m', 'u_core.u_conv.m'),
          step('routing', 2, 'u_core.u_conv.m', 'u_core.u_conv.b'),
          step('setup', 0.25, 'u_core.u_conv.b', 'u_core.u_conv.b'),
        ],
      },
    ],
    fmax: { [clock]: { achieved, constraint: 200 } },
    utilization: { TRELLIS_COMB: { available: 83640, used: 1234 }, MULT18X18D: { available: 156, used: 2 } },
    ...changes,
  });
}
