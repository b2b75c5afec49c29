/** What a part says: nothing when it is well, else one fixed word or two, never an error's own text. */
export interface Part {
  readonly name: string;
  /** Without it this process is of no use. */
  readonly isNeeded: boolean;
  readonly check: () => Promise<string | null>;
}

export interface Readiness {
  readonly isReady: boolean;
  /** By part: `ok`, or what is wrong with it. */
  readonly parts: Readonly<Record<string, string>>;
}

/** Shorter than whoever asks will wait. */
const LIMIT_MS = 2_000;
/** So many askers cost no more than one. */
const KEPT_MS = 1_000;

/** Asks every part at once; an answer takes two seconds at most and is kept for one. */
export function readinessOf(parts: readonly Part[], limitMs = LIMIT_MS): () => Promise<Readiness> {
  const asked = parts.map((part) => ({ ...part, ask: oneAtATime(part.check, limitMs) }));
  let kept: { readonly untilMs: number; readonly answer: Promise<Readiness> } | undefined;
  return () => {
    if (kept === undefined || kept.untilMs < performance.now())
      kept = { untilMs: performance.now() + KEPT_MS, answer: askAll(asked) };
    return kept.answer;
  };
}

async function askAll(parts: readonly (Part & { ask: () => Promise<string | null> })[]): Promise<Readiness> {
  const said = await Promise.all(
    parts.map(async ({ name, isNeeded, ask }) => ({ name, isNeeded, problem: await ask() })),
  );
  return {
    isReady: said.every(({ isNeeded, problem }) => problem === null || !isNeeded),
    parts: Object.fromEntries(said.map(({ name, problem }) => [name, problem ?? 'ok'])),
  };
}

/** A check that hangs is waited for by everybody who comes after, and not begun again: a probe must not use up the pool. */
function oneAtATime(check: () => Promise<string | null>, limitMs: number): () => Promise<string | null> {
  let running: Promise<string | null> | undefined;
  return async () => {
    running ??= check()
      .catch(() => 'no answer')
      .finally(() => {
        running = undefined;
      });
    return within(running, limitMs);
  };
}

async function within(answer: Promise<string | null>, limitMs: number): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('no answer in time'), limitMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
