import { CampaignDefinitionSchema } from '../domain/campaign-definition';
import { storable } from './text';

/** A campaign's definition as this API takes it and gives it back. */
export const DefinitionSchema = storable(CampaignDefinitionSchema);
