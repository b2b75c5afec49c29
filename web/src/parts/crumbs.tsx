import { Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { LeftIcon } from './icons';

interface CrumbsProps {
  /** Left out = back to all campaigns. */
  readonly campaign?: { readonly id: string; readonly name: string };
}

/** The way back. */
export function Crumbs({ campaign }: CrumbsProps) {
  return (
    <Group gap={4} mb={6} component="nav" aria-label="Back" fz="sm" c="dimmed">
      <LeftIcon size={14} />
      {campaign === undefined ? (
        <Link to="/" className="plain">
          Campaigns
        </Link>
      ) : (
        <Link to="/campaigns/$campaignId" params={{ campaignId: campaign.id }} className="plain">
          {campaign.name}
        </Link>
      )}
    </Group>
  );
}
