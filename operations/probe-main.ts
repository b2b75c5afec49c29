/** Asks the process beside it whether it is ready, for the health check of a container: exit code 0 if it is. */
const LIMIT_MS = 4_000;

async function main(): Promise<void> {
  const port = process.env['METRICS_PORT'];
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(LIMIT_MS) });
  process.stdout.write(`${await answer.text()}\n`);
  process.exitCode = answer.ok ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
