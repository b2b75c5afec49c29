import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const pine: MantineColorsTuple = [
  '#edfaf7',
  '#d8f1ec',
  '#b0e3d8',
  '#84d3c2',
  '#5cc2ae',
  '#34a893',
  '#1f8f7c',
  '#0f766e',
  '#0d625c',
  '#0a4f4a',
];

/** Cooler than Mantine's own. */
const dark: MantineColorsTuple = [
  '#d6dbe1',
  '#b3bbc6',
  '#909aa8',
  '#667182',
  '#3b4553',
  '#2b333e',
  '#202730',
  '#171c23',
  '#11151b',
  '#0b0e12',
];

export const theme = createTheme({
  primaryColor: 'pine',
  primaryShade: 7,
  colors: { pine, dark },
  fontFamily:
    'Inter, "Segoe UI Variable Text", "Segoe UI", system-ui, -apple-system, Roboto, Cantarell, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace',
  fontSizes: { xs: '0.75rem', sm: '0.84rem', md: '0.94rem', lg: '1.06rem', xl: '1.25rem' },
  headings: {
    fontWeight: '650',
    sizes: { h1: { fontSize: '1.5rem', lineHeight: '1.25' }, h2: { fontSize: '1rem', lineHeight: '1.4' } },
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  focusRing: 'auto',
});

/** Mantine's own words for what `global.css` decides. */
export const variables: CSSVariablesResolver = () => {
  const own = {
    '--mantine-color-body': 'var(--page)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--ink-soft)',
    '--mantine-color-placeholder': 'var(--ink-faint)',
  };
  return { variables: {}, light: own, dark: own };
};
