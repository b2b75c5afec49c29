import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { CampaignPage } from './campaigns/campaign-page';
import { CampaignsPage } from './campaigns/campaigns-page';
import { readFilter } from './campaigns/filter';
import { EnrollmentPage } from './enrollments/enrollment-page';
import { readEnrollmentTab } from './enrollments/tab';
import { HandoffsPage } from './handoffs/handoffs-page';
import { Broken } from './shell/broken';
import { NoSuchPage } from './shell/no-such-page';
import { Shell } from './shell/shell';

/** The server answers these paths with this page (`api/web.ts`), so that every one of them is a link. */
const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NoSuchPage });

const campaignsRoute = createRoute({ getParentRoute: () => rootRoute, path: '/', component: CampaignsPage });

const campaignRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/campaigns/$campaignId',
  validateSearch: readFilter,
  component: function Campaign() {
    const { campaignId } = campaignRoute.useParams();
    const navigate = campaignRoute.useNavigate();
    return (
      <CampaignPage
        key={campaignId}
        campaignId={campaignId}
        filter={campaignRoute.useSearch()}
        onFilter={(search) => void navigate({ search, replace: true, resetScroll: false })}
      />
    );
  },
});

const enrollmentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/enrollments/$enrollmentId',
  validateSearch: readEnrollmentTab,
  component: function Enrollment() {
    const { enrollmentId } = enrollmentRoute.useParams();
    const navigate = enrollmentRoute.useNavigate();
    return (
      <EnrollmentPage
        key={enrollmentId}
        enrollmentId={enrollmentId}
        tab={enrollmentRoute.useSearch().tab}
        onTab={(tab) => void navigate({ search: tab === undefined ? {} : { tab }, replace: true, resetScroll: false })}
      />
    );
  },
});

const handoffsRoute = createRoute({ getParentRoute: () => rootRoute, path: '/handoffs', component: HandoffsPage });

export const router = createRouter({
  routeTree: rootRoute.addChildren([campaignsRoute, campaignRoute, enrollmentRoute, handoffsRoute]),
  scrollRestoration: true,
  defaultErrorComponent: Broken,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
