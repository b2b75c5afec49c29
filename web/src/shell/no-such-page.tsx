import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Nothing } from '../parts/standing';

export function NoSuchPage() {
  return (
    <Nothing title="There is no such page">
      <Anchor component={Link} to="/" size="sm">
        Go to the campaigns
      </Anchor>
    </Nothing>
  );
}
