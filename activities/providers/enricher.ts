import type { EnrichmentAnswer, EnrichmentKind } from '../../domain/enrichment';

/** Whoever knows more of a person than we do. */

export interface EnrichmentQuestion {
  /** The same however often it is asked. */
  readonly operationId: string;
  readonly kinds: readonly EnrichmentKind[];
  readonly person: {
    readonly firstName: string;
    readonly lastName: string;
    readonly state: string | null;
    readonly country: string | null;
    readonly postalCode: string | null;
    readonly phones: readonly string[];
    readonly emails: readonly string[];
  };
}

export type EnrichmentReply =
  | { readonly kind: 'answered'; readonly answer: EnrichmentAnswer }
  /** Nothing was looked up. `isServiceWide` = it would be the same for everybody. */
  | {
      readonly kind: 'later';
      readonly code: string;
      readonly retryAfterMs: number | null;
      readonly isServiceWide: boolean;
    }
  /** Bytes left and no trustworthy answer came: it may have been looked up, and paid for. */
  | { readonly kind: 'lost'; readonly code: string }
  | { readonly kind: 'final'; readonly code: string };

export interface Enricher {
  /** Asks once; never throws. */
  lookUp(question: EnrichmentQuestion): Promise<EnrichmentReply>;
}
