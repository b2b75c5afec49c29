import { type Request, type Response } from 'express';
import { htmlPage } from '../html';

const LINKS = ['/v1/campaigns', '/v1/lists', '/v1/contacts', '/v1/handoffs', '/v1/settings', '/healthz', '/readyz'];

const PAGE = htmlPage(
  'Followthrough API',
  `<p>Operations under <code>/v1</code> need an API key: <code>Authorization: Bearer &lt;key&gt;</code>.</p>
<ul>
${LINKS.map((link) => `<li><a href="${link}">${link}</a></li>`).join('\n')}
</ul>`,
);

/** GET / */
export function home(_request: Request, response: Response): void {
  response.type('html').send(PAGE);
}
