import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { Handoff, Page } from '../api/answers';
import { useLive } from '../api/live';
import { AccountMenu } from './account-menu';
import { BusinessClock } from './business-clock';
import { Locked } from './locked';
import { Lost } from './lost';
import { Mark } from './mark';
import classes from './shell.module.css';
import { Simulation } from './simulation';

/** What stands around every page. */
export function Shell() {
  const main = useFocusAfterNavigation();
  return (
    <>
      <a href="#main" className={classes['skip']}>
        Skip to the content
      </a>
      <header className={classes['header']}>
        <div className={classes['row']}>
          <Link to="/" className={classes['brand'] ?? ''} activeProps={{}}>
            <Mark />
            <span>Followthrough</span>
          </Link>
          <nav className={classes['nav']} aria-label="Main">
            <CampaignsLink />
            <Link to="/handoffs" className={classes['link'] ?? ''}>
              Handoffs
              <HandoffCount />
            </Link>
          </nav>
          <BusinessClock />
          <AccountMenu />
        </div>
        <Simulation />
        <Locked />
        <Lost />
      </header>
      <main id="main" ref={main} tabIndex={-1} className={classes['main']}>
        <Outlet />
      </main>
    </>
  );
}

/** Campaigns are also where a campaign and its contacts are. */
function CampaignsLink() {
  const isHere = useRouterState({ select: ({ location }) => location.pathname !== '/handoffs' });
  return (
    <Link to="/" className={classes['link'] ?? ''} data-status={isHere ? 'active' : 'inactive'}>
      Campaigns
    </Link>
  );
}

const MOST = 100;

function HandoffCount() {
  const { data } = useLive<Page<Handoff>>(`/handoffs?limit=${MOST}`, { everyMs: 5_000 });
  if (data === undefined || data.items.length === 0) return null;
  const count = data.nextCursor === null ? String(data.items.length) : `${MOST}+`;
  return (
    <span className={classes['count']} aria-label={`${count} waiting`}>
      {count}
    </span>
  );
}

/** The keyboard goes on where the new page begins, and readers of the screen hear that there is one. */
function useFocusAfterNavigation() {
  const main = useRef<HTMLElement>(null);
  const pathname = useRouterState({ select: ({ location }) => location.pathname });
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current !== pathname) main.current?.focus({ preventScroll: true });
    last.current = pathname;
  }, [pathname]);
  return main;
}
