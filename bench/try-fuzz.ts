import { prepareFuzz, fuzzKinds } from '/work/wt-safe/test/fuzz/fuzz-cases.js';
const [kind, n, start] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4] ?? 0)];
for (const k of kind === 'all' ? fuzzKinds : [kind as never]) {
  const t0 = performance.now();
  const run = await prepareFuzz(`/tmp/fuzz-try-${process.pid}/${k}`, k);
  const t1 = performance.now();
  const counts = new Map<string, number>();
  const bugs = new Map<string, string>();
  let worst = 0, worstSeed = 0;
  for (let i = start; i < start + n; i++) {
    const a = performance.now();
    let what: string;
    try { what = await run(i); } catch (e: any) { const key = (e.stack ?? String(e)).split('\n').slice(0, 3).join(' | ').replace(/\d+/g, '#'); if (!bugs.has(key)) bugs.set(key, `seed ${i}\n${(e.stack ?? String(e)).slice(0, 1500)}`); what = 'BUG'; }
    counts.set(what, (counts.get(what) ?? 0) + 1);
    const d = performance.now() - a; if (d > worst) { worst = d; worstSeed = i; }
  }
  console.log(k, `prepare ${(t1 - t0).toFixed(0)} ms, ${(n / (performance.now() - t1) * 1000).toFixed(1)} cases/s, worst ${worst.toFixed(0)} ms seed ${worstSeed}, rss ${(process.memoryUsage().rss / 2**20).toFixed(0)} MB, max ${(process.resourceUsage().maxRSS/1024).toFixed(0)} MB`, Object.fromEntries([...counts].sort((x, y) => y[1] - x[1])));
  for (const b of bugs.values()) console.log('---', b);
}
