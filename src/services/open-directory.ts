import type { Integration } from '../core/integration.ts';
import type { DirectoryName } from '../core/user.ts';
import type { Directories, Directory, GoogleCredentials, MicrosoftCredentials } from '../ports/directory.ts';
import type { Dependencies } from './dependencies.ts';

/** Where an integration's credentials are sealed to. */
export const sealPlace = ({ organizationId, id }: Pick<Integration, 'organizationId' | 'id'>) => ({
  organizationId,
  integrationId: id,
  field: 'credentials',
});

type Opener = (directories: Directories, integration: Integration, unsealed: unknown) => Directory;

const OPENERS: { readonly [source in DirectoryName]: Opener } = {
  google(directories, { id, subject }, unsealed) {
    const { clientEmail, privateKey, privateKeyId } = unsealed as Omit<GoogleCredentials, 'subject'>;
    return directories.openGoogle(id, { clientEmail, privateKey, privateKeyId, subject: subject ?? '' });
  },
  microsoft(directories, { id, people = TAKE_MEMBERS }, unsealed) {
    const { tenantId, clientId, clientSecret, certificate } = unsealed as MicrosoftCredentials;
    return directories.openMicrosoft(id, { tenantId, clientId, clientSecret, certificate }, people);
  },
};

const TAKE_MEMBERS = { includeGuests: false, onlyLicensed: false, useInitialDomain: false };

/** Opens the directory of an integration; the credentials leave the seal only for the client. */
export function openDirectory({ secrets, directories }: Dependencies, integration: Integration): Directory {
  const unsealed: unknown = JSON.parse(secrets.open(integration.sealedCredentials, sealPlace(integration)));
  return OPENERS[integration.source](directories, integration, unsealed);
}
