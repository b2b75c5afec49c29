import { createServer } from 'node:http';
import { Client, Connection } from '@temporalio/client';
import { validateRequest } from 'twilio/lib/webhooks/webhooks';
import { PROGRESS_SIGNAL, say } from './messages';

/** The webhook that one would write first: checks the signature, signals the workflow, answers. Nothing is kept. */

async function main(): Promise<void> {
  const { TEMPORAL_ADDRESS: address = '', PUBLIC_URL: publicUrl = '', TWILIO_AUTH_TOKEN: token = '' } = process.env;
  const connection = await Connection.connect({ address });
  const { workflow } = new Client({ connection, namespace: 'default' });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url = '', headers } = request;
      const fields = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
      const isSigned = validateRequest(token, String(headers['x-twilio-signature']), `${publicUrl}${url}`, fields);
      const id = new URL(url, publicUrl).searchParams.get('a') ?? '';
      const answer = (status: number) => response.writeHead(status).end();
      if (isSigned)
        workflow
          .getHandle(id)
          .signal(PROGRESS_SIGNAL, fields['CallStatus'])
          .then(
            () => answer(204),
            () => answer(503),
          );
      else answer(403);
    });
  });
  server.listen(Number(new URL(publicUrl).port), '127.0.0.1', () => say({ is: 'ready' }));
  process.once('disconnect', () => {
    server.close();
    server.closeAllConnections();
    void connection.close();
  });
}

void main();
