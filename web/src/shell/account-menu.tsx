import { Button, Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useSignOut } from '../api/session';
import { MoonIcon, OutIcon, PersonIcon, SunIcon } from '../parts/icons';
import classes from './shell.module.css';
import { useWho } from './who';

const RIGHTS = { viewer: 'may look', editor: 'may look and change', admin: 'may do everything' } as const;

export function AccountMenu() {
  const { name, role, temporalUiUrl } = useWho();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const other = scheme === 'dark' ? 'light' : 'dark';
  const signOut = useSignOut();
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          leftSection={<PersonIcon size={16} />}
          aria-label={`Account: ${name}, ${role}`}
        >
          {name === role ? null : <span className={classes['name']}>{name}&ensp;·&ensp;</span>}
          {role}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {name} {RIGHTS[role]}
        </Menu.Label>
        <Menu.Item
          leftSection={other === 'dark' ? <MoonIcon size={16} /> : <SunIcon size={16} />}
          onClick={() => setColorScheme(other)}
        >
          {other === 'dark' ? 'Dark colours' : 'Light colours'}
        </Menu.Item>
        {temporalUiUrl === null ? null : (
          <Menu.Item
            component="a"
            href={temporalUiUrl}
            target="_blank"
            rel="noreferrer"
            leftSection={<OutIcon size={16} />}
          >
            Temporal UI
          </Menu.Item>
        )}
        <Menu.Item component="a" href="/docs" leftSection={<OutIcon size={16} />}>
          API documentation
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => void signOut()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
