import type { ReactNode } from 'react';

/** Drawn here, so that nothing is fetched. They are ornaments: what they mean is always written beside them or named by their control. */
function icon(shape: ReactNode) {
  return function Icon({ size = 18 }: { readonly size?: number }) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth={1.8}
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        style={{ flex: 'none' }}
      >
        {shape}
      </svg>
    );
  };
}

export const PhoneIcon = icon(
  <path d="M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2" />,
);
export const TextIcon = icon(<path d="M4 5h16v11H10l-4.5 4v-4H4zM8.5 10.5h7" />);
export const MailIcon = icon(<path d="M3.5 6h17v12.5h-17zM4 6.5l8 6.5 8-6.5" />);
export const SunIcon = icon(
  <>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1 1M17.4 17.4l1 1M5.6 18.4l1-1M17.4 6.6l1-1" />
  </>,
);
export const MoonIcon = icon(<path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z" />);
export const PlayIcon = icon(<path d="M7.5 5v14l11-7z" />);
export const PauseIcon = icon(<path d="M8.5 5.5v13M15.5 5.5v13" />);
export const StopIcon = icon(<rect x="6.5" y="6.5" width="11" height="11" rx="1.5" />);
export const SearchIcon = icon(<path d="M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5 20 20" />);
export const LeftIcon = icon(<path d="M14.5 6l-6 6 6 6" />);
export const RightIcon = icon(<path d="M9.5 6l6 6-6 6" />);
export const OutIcon = icon(<path d="M13 5h6v6M19 5l-9 9M10 6H6v12h12v-4" />);
export const PersonIcon = icon(
  <path d="M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8M4.5 20c.8-3.6 3.7-5.5 7.5-5.5s6.7 1.9 7.5 5.5" />,
);
export const ClockIcon = icon(<path d="M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM12 8v4.300l2.8 1.7" />);
export const RuleIcon = icon(<path d="M13 3 5.5 13.500H11L10 21l8-11h-5.500z" />);
export const AlertIcon = icon(<path d="M12 4.5 21 19.500H3zM12 10.500v4M12 17h.01" />);
export const FlaskIcon = icon(
  <path d="M9.5 3.500h5M10.5 3.500v6L5 19a1 1 0 0 0 .900 1.500h12.200A1 1 0 0 0 19 19l-5.5-9.500v-6M7.5 15.500h9" />,
);
export const DotsIcon = icon(<path d="M6 12h.01M12 12h.01M18 12h.01" />);
