import { OptionError } from './options';
import { portProblem } from './port';

/** Before anything is started: which option names a port that we cannot listen on, and what to do about it. */
export async function refuseTakenPorts(wanted: Readonly<Record<string, number>>): Promise<void> {
  for (const [option, port] of Object.entries(wanted)) {
    const problem = await portProblem(port);
    if (problem === null) continue;
    const advice = `choose another with \`npm start -- ${option} N\``;
    throw new OptionError(
      problem === 'EADDRINUSE'
        ? `Port ${port} is in use. Stop what listens there (perhaps another \`npm start\`), or ${advice}.`
        : `Port ${port} cannot be used (${problem}): ${advice}.`,
    );
  }
}
