import type { Browser, Page } from 'playwright-core';
import { createApiKey } from '../../db/api-key';
import { buildPage, findBrowser, launchBrowser, Window } from '../browser';
import { PageServer, TEMPORAL_UI } from '../page-server';
import { callRun, prepare } from '../story';
import { World } from '../world';

/** The page at / in a real browser, on the whole product, from the sign-in to the end of a campaign. */

const PEOPLE = [
  { name: 'Nora', phone: '+12125550101', zone: 'America/New_York', script: 'answers_converts', cases: ['71001'] },
  { name: 'Omar', phone: '+12125550102', zone: 'America/New_York', script: 'never_answers', cases: ['71002'] },
  { name: 'Pia', phone: '+12125550103', zone: 'America/New_York', script: 'answers_successful', cases: ['71003'] },
];
const POLICY = {
  rules: [
    {
      key: 'converted',
      when: { trigger: 'call_outcome', outcome: 'converted' },
      then: [{ kind: 'crm_status', status: 'Retained' }],
    },
  ],
};
/** Eight in the morning in New York: calls begin at nine. */
const EIGHT = '2027-03-01T13:00:00Z';
const EVENING = '2027-03-02T01:30:00Z';

const path = findBrowser();
const withBrowser = path === null ? describe.skip : describe;

withBrowser('the page', () => {
  let world: World;
  let server: PageServer;
  let browser: Browser;
  let editor: Window;
  let page: Page;
  let campaign: string;

  beforeAll(async () => {
    buildPage();
    world = await World.create();
    await world.at(EIGHT);
    const { campaignId } = await prepare(world, {
      people: PEOPLE,
      runs: [callRun()],
      policy: POLICY,
      name: 'Spring intake',
    });
    campaign = `/campaigns/${campaignId}`;
    server = await PageServer.start(world);
    browser = await launchBrowser(path ?? '');
    editor = await Window.open(browser, server.url);
    page = editor.page;
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
    await world.stop();
  });

  const main = () => page.getByRole('main');
  const contacts = () => page.getByRole('table', { name: 'Contacts' });
  const outage = () => page.getByText('The server does not answer', { exact: true });
  const see = (words: string | RegExp) => main().getByText(words).first().waitFor();
  const progressIs = (ended: number) => page.locator(`[role=progressbar][aria-valuenow="${ended}"]`).waitFor();

  async function order(name: string): Promise<void> {
    await page.getByRole('button', { name, exact: true }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: new RegExp(`^${name}`) })
      .click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }

  it('lets nobody in without a key, and says so', async () => {
    await editor.go('/');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await editor.barriers()).toEqual([]);
    await page.getByLabel('API key', { exact: true }).fill('ft_000000000000_nobody');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('This key is not known here').waitFor();
  });

  it('shows the campaigns to whoever has one, and that nobody is really called (U-25)', async () => {
    await page.getByLabel('API key', { exact: true }).fill(await createApiKey(world.sql, 'Ed', 'editor'));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('table', { name: 'Campaigns' }).getByText('Draft').waitFor();
    await page.getByRole('note', { name: 'Simulation' }).getByText('No real person is contacted').waitFor();
    expect(await editor.barriers()).toEqual([]);
  });

  it('launches a campaign, and everybody is told what they wait for and why', async () => {
    await page.getByRole('link', { name: 'Spring intake' }).click();
    await see('Nobody is enrolled yet');
    await order('Launch');
    await see('Active');
    await contacts().getByText('Call week.call.1, Mon 1 Mar, 09:00').nth(2).waitFor();
    const why = /08:00 is before the \w+ hours in America\/New_York open at 09:00/i;
    expect(await contacts().getByText(why).count()).toBe(3);
    expect(await editor.barriers()).toEqual([]);
  });

  it('finds a contact by name and by state, and the address of the page remembers it (U-25)', async () => {
    await page.getByLabel('Find contacts').fill('Pia');
    await contacts().getByText('Omar').waitFor({ state: 'detached' });
    await page.getByText('Ended', { exact: true }).click();
    await see('Nobody is found');
    expect(new URL(page.url()).search).toBe('?state=ended&find=Pia');
    await page.getByText('All', { exact: true }).click();
    await page.getByLabel('Find contacts').fill('');
    await contacts().getByText('Omar').waitFor();
  });

  it('pauses and resumes by its buttons', async () => {
    await order('Pause');
    await contacts().getByText('The campaign is paused').first().waitFor();
    await order('Resume');
    await contacts().getByText('Call week.call.1, Mon 1 Mar, 09:00').first().waitFor();
  });

  it('says when the server is away, keeps what it shows, and goes on by itself', async () => {
    await Promise.all([page.waitForResponse(/query=n/), page.getByLabel('Find contacts').fill('n')]);
    await contacts().getByText('Omar').waitFor({ state: 'detached' });
    await server.goAway();
    await outage().waitFor();
    expect(await contacts().getByRole('link').count()).toBe(1);
    await server.comeBack();
    await outage().waitFor({ state: 'detached' });
    expect(await page.getByLabel('Find contacts').inputValue()).toBe('n');
    await page.getByLabel('Find contacts').fill('');
    await contacts().getByText('Omar').waitFor();
  });

  it('counts live to the end of the campaign', async () => {
    await progressIs(0);
    await world.runUntil(EVENING);
    await progressIs(3);
    await page.locator('dl').getByText('Converted').waitFor();
    await see('Completed');
    await page.getByRole('tab', { name: 'Rules fired' }).click();
    await page.getByRole('table', { name: 'Rules fired' }).getByText('Converted Call').waitFor();
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
  });

  it('tells the story of a contact in their own time, with the way to its workflow', async () => {
    await page.getByRole('tab', { name: 'Contacts' }).click();
    await contacts().getByRole('link', { name: 'Nora' }).click();
    await see('Plan is through');
    await see('Rule fired: Converted Call');
    await see('Call judged converted');
    await see('CRM status done');
    await see(/20:30 in New York/);
    const href = await page.getByRole('link', { name: 'Workflow in Temporal' }).getAttribute('href');
    expect(href).toMatch(`${TEMPORAL_UI}/namespaces/default/workflows/enrollment%2F`);
    expect(await editor.barriers()).toEqual([]);
    await page.getByRole('tab', { name: 'Attempts' }).click();
    await page.getByRole('table', { name: 'Attempts' }).getByText('Answered').waitFor();
    await page.getByRole('tab', { name: 'Actions' }).click();
    await page.getByRole('table', { name: 'Actions' }).getByText('Retained').first().waitFor();
  });

  it('did all of this without a reload, an error, or a word to anybody else', async () => {
    expect(editor).toMatchObject({ loads: 1, errors: [], strangers: [] });
    expect(await page.evaluate('document.cookie')).toBe('');
  });

  it('leads to the sign-in when the key is disabled meanwhile', async () => {
    await world.sql`update api_key set disabled = true where name = 'Ed'`;
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await editor.close();
  });

  it('shows a viewer no button that changes anything (S0-61)', async () => {
    const key = await createApiKey(world.sql, 'Vi', 'viewer');
    const { campaignId } = await prepare(world, { people: PEOPLE, runs: [callRun()], name: 'Autumn intake' });
    const viewer = await Window.open(browser, server.url);
    await viewer.go(`/campaigns/${campaignId}#key=${key}`);
    await viewer.page.getByRole('heading', { name: 'Autumn intake' }).waitFor();
    expect(new URL(viewer.page.url()).hash).toBe('');
    expect(await viewer.page.getByRole('button', { name: 'Launch' }).count()).toBe(0);
    await viewer.close();
  });

  it('fits on a phone', async () => {
    const phone = await Window.open(browser, server.url, { isPhone: true });
    await phone.go(`/#key=${world.apiKey}`);
    await phone.page.getByRole('link', { name: 'Spring intake' }).waitFor();
    expect(await phone.overflow()).toBe(0);
    await phone.go(campaign);
    await phone.page.getByRole('link', { name: 'Nora' }).waitFor();
    expect(await phone.overflow()).toBe(0);
    await phone.page.getByRole('link', { name: 'Nora' }).click();
    await phone.page.getByText('Call judged converted').waitFor();
    expect(await phone.overflow()).toBe(0);
    await phone.page.getByRole('link', { name: /Handoffs/ }).click();
    await phone.page.getByText('Nothing waits for you').waitFor();
    expect(await phone.overflow()).toBe(0);
    expect(phone).toMatchObject({ errors: [], strangers: [] });
    await phone.close();
  });
});
