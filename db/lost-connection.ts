import { isOutOfReach } from './out-of-reach';

/**
 * The driver asks the server for its types whenever it opens a connection, and nobody hears when that fails because the
 * server goes away in the same moment. It is no reason for a process to end; every other rejection that nobody handles is.
 */
export function surviveLostConnections(tell: (error: unknown) => void): void {
  process.on('unhandledRejection', (error) => {
    if (!isOutOfReach(error)) throw error;
    tell(error);
  });
}
