/**
 * Geographic area codes of the United States, its territories and Canada, with every zone in which a subscriber may live.
 * Zones that have kept the same time since 2007 are named by one of them (Detroit by New York, Boise by Denver).
 * An overlay has the zones of the code that it overlays.
 */

export interface AreaCodePlace {
  /** Sorted IANA names. */
  readonly zones: readonly string[];
  /** Sorted codes of US states, territories and Canadian provinces; more than one where provinces share a code. */
  readonly states: readonly string[];
}

const EASTERN = 'America/New_York';
const CENTRAL = 'America/Chicago';
const MOUNTAIN = 'America/Denver';
const ARIZONA = 'America/Phoenix';
const PACIFIC = 'America/Los_Angeles';
const ALASKA = 'America/Anchorage';
const ALEUTIAN = 'America/Adak';
const HAWAII = 'Pacific/Honolulu';
const CARIBBEAN = 'America/Puerto_Rico';
const CHAMORRO = 'Pacific/Guam';
const SAMOA = 'Pacific/Pago_Pago';
const NEWFOUNDLAND = 'America/St_Johns';
const ATLANTIC = 'America/Halifax';
const TORONTO = 'America/Toronto';
const WINNIPEG = 'America/Winnipeg';
const REGINA = 'America/Regina';
const EDMONTON = 'America/Edmonton';
const DAWSON_CREEK = 'America/Dawson_Creek';
const VANCOUVER = 'America/Vancouver';
const WHITEHORSE = 'America/Whitehorse';

const ROWS: readonly (readonly [state: string, zones: readonly string[], areaCodes: string])[] = [
  ['AK', [ALASKA, ALEUTIAN], '907'],
  ['AL', [CENTRAL], '205 251 256 334 483 659 938'],
  ['AR', [CENTRAL], '327 479 501 870'],
  ['AZ', [ARIZONA], '480 520 602 623'],
  ['AZ', [ARIZONA, MOUNTAIN], '928'], // the Navajo Nation has daylight saving time
  ['CA', [PACIFIC], '209 213 279 310 323 341 350 357 369 408 415 424 442 510 530 559 562 619 626 628 650 657 661 669'],
  ['CA', [PACIFIC], '707 714 738 747 760 805 818 820 831 837 840 858 909 916 925 949 951'],
  ['CO', [MOUNTAIN], '303 719 720 748 970 983'],
  ['CT', [EASTERN], '203 475 860 959'],
  ['DC', [EASTERN], '202 771'],
  ['DE', [EASTERN], '302'],
  ['FL', [EASTERN], '239 305 321 324 352 386 407 561 645 656 689 727 728 754 772 786 813 863 904 941 954'],
  ['FL', [EASTERN, CENTRAL], '448 850'],
  ['GA', [EASTERN], '229 404 470 478 678 706 762 770 912 943'],
  ['HI', [HAWAII], '808'],
  ['IA', [CENTRAL], '319 515 563 641 712'],
  ['ID', [MOUNTAIN, PACIFIC], '208 986'],
  ['IL', [CENTRAL], '217 224 309 312 331 447 464 618 630 708 730 773 779 815 847 861 872'],
  ['IN', [EASTERN], '260 317 463 765'],
  ['IN', [EASTERN, CENTRAL], '219 574 812 930'],
  ['KS', [CENTRAL], '316 913'],
  ['KS', [CENTRAL, MOUNTAIN], '620 785'],
  ['KY', [EASTERN], '502 859'],
  ['KY', [EASTERN, CENTRAL], '270 364 606'],
  ['LA', [CENTRAL], '225 318 337 457 504 985'],
  ['MA', [EASTERN], '339 351 413 508 617 774 781 857 978'],
  ['MD', [EASTERN], '227 240 301 410 443 667'],
  ['ME', [EASTERN], '207'],
  ['MI', [EASTERN], '231 248 269 313 517 586 616 679 734 810 947 989'],
  ['MI', [EASTERN, CENTRAL], '906'],
  ['MN', [CENTRAL], '218 320 507 612 651 763 924 952'],
  ['MO', [CENTRAL], '235 314 417 557 573 636 660 816 975'],
  ['MS', [CENTRAL], '228 471 601 662 769'],
  ['MT', [MOUNTAIN], '406'],
  ['NC', [EASTERN], '252 336 472 704 743 828 910 919 980 984'],
  ['ND', [CENTRAL, MOUNTAIN], '701'],
  ['NE', [CENTRAL], '402 531'],
  ['NE', [CENTRAL, MOUNTAIN], '308'],
  ['NH', [EASTERN], '603'],
  ['NJ', [EASTERN], '201 551 609 640 732 848 856 862 908 973'],
  ['NM', [MOUNTAIN], '505 575'],
  ['NV', [PACIFIC], '702 725'],
  ['NV', [PACIFIC, MOUNTAIN], '775'],
  ['NY', [EASTERN], '212 315 329 332 347 363 465 516 518 585 607 624 631 646 680 716 718 838 845 914 917 929 934'],
  ['OH', [EASTERN], '216 220 234 283 326 330 380 419 436 440 513 567 614 740 937'],
  ['OK', [CENTRAL], '405 539 572 580 918'],
  ['OR', [PACIFIC], '503 971'],
  ['OR', [PACIFIC, MOUNTAIN], '458 541'],
  ['PA', [EASTERN], '215 223 267 272 412 445 484 570 582 610 717 724 814 835 878'],
  ['RI', [EASTERN], '401'],
  ['SC', [EASTERN], '803 821 839 843 854 864'],
  ['SD', [CENTRAL, MOUNTAIN], '605'],
  ['TN', [CENTRAL], '615 629 731 901 931'],
  ['TN', [EASTERN], '865'],
  ['TN', [EASTERN, CENTRAL], '423 729'],
  ['TX', [CENTRAL], '210 214 254 281 325 346 361 409 430 432 469 512 621 682 713 726 737 806 817 830 832 903 936 940'],
  ['TX', [CENTRAL], '945 956 972 979'],
  ['TX', [MOUNTAIN], '915'],
  ['UT', [MOUNTAIN], '385 435 801'],
  ['VA', [EASTERN], '276 434 540 571 686 703 757 804 826 948'],
  ['VT', [EASTERN], '802'],
  ['WA', [PACIFIC], '206 253 360 425 509 564'],
  ['WI', [CENTRAL], '262 274 353 414 534 608 715 920'],
  ['WV', [EASTERN], '304 681'],
  ['WY', [MOUNTAIN], '307'],
  ['AS', [SAMOA], '684'],
  ['GU', [CHAMORRO], '671'],
  ['MP', [CHAMORRO], '670'],
  ['PR', [CARIBBEAN], '787 939'],
  ['VI', [CARIBBEAN], '340'],
  ['AB', [EDMONTON], '368 403 587 780 825'],
  ['BC', [VANCOUVER], '604'],
  ['BC', [VANCOUVER, EDMONTON, DAWSON_CREEK], '236 250 257 672 778'],
  ['MB', [WINNIPEG], '204 431 584'],
  ['NB', [ATLANTIC], '428 506'],
  ['NL', [NEWFOUNDLAND, ATLANTIC], '709 879'],
  ['NS', [ATLANTIC], '782 902'],
  ['NT', [EDMONTON], '867'],
  ['NU', [TORONTO, WINNIPEG, EDMONTON], '867'],
  ['ON', [TORONTO], '226 249 289 343 365 382 387 416 437 519 548 613 647 683 705 742 753 905 942'],
  ['ON', [TORONTO, WINNIPEG], '807'],
  ['PE', [ATLANTIC], '782 902'],
  ['QC', [TORONTO], '263 354 438 450 468 514 579 819 873'],
  ['QC', [TORONTO, ATLANTIC], '273 367 418 581'],
  ['SK', [REGINA, EDMONTON], '306 474 639'], // Lloydminster keeps Alberta's time
  ['YT', [WHITEHORSE], '867'],
];

const TOLL_FREE: ReadonlySet<string> = new Set(
  '800 822 833 844 855 866 877 880 881 882 883 884 885 886 887 888 889'.split(' '),
);

const PLACES = indexBy((areaCodes) => areaCodes.split(' '));
const STATES = indexBy((_areaCodes, state) => [state]);

/** Where subscribers of a US or Canadian area code may live; null for toll-free, other non-geographic and unknown codes. */
export function placeOfAreaCode(areaCode: string): AreaCodePlace | null {
  return PLACES.get(areaCode) ?? null;
}

/** Toll-free codes and those kept for them; they say nothing about where a person is. */
export function isTollFree(areaCode: string): boolean {
  return TOLL_FREE.has(areaCode);
}

/** All zones of a US state, territory or Canadian province by its two-letter code; none for any other code. */
export function zonesOfState(state: string): readonly string[] {
  return STATES.get(state)?.zones ?? [];
}

function indexBy(keysOf: (areaCodes: string, state: string) => readonly string[]): ReadonlyMap<string, AreaCodePlace> {
  const places = new Map<string, AreaCodePlace>();
  for (const [state, zones, areaCodes] of ROWS)
    for (const key of keysOf(areaCodes, state)) {
      const known = places.get(key);
      places.set(key, {
        zones: sortedSet([...(known?.zones ?? []), ...zones]),
        states: sortedSet([...(known?.states ?? []), state]),
      });
    }
  return places;
}

function sortedSet(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
