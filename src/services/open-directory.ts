import { AppError } from '../core/errors.ts';
import type { Integration } from '../core/integration.ts';
import type { Directory, GoogleCredentials } from '../ports/directory.ts';
import type { Dependencies } from './dependencies.ts';

/** Where an integration's credentials are sealed to. */
export const sealPlace = ({ organizationId, id }: Pick<Integration, 'organizationId' | 'id'>) => ({
  organizationId,
  integrationId: id,
  field: 'credentials',
});

/** Opens the directory of an integration; the credentials leave the seal only for the client. */
export function openDirectory({ secrets, directories }: Dependencies, integration: Integration): Directory {
  const sealed = secrets.open(integration.sealedCredentials, sealPlace(integration));
  const { clientEmail, privateKey, privateKeyId } = JSON.parse(sealed) as Omit<GoogleCredentials, 'subject'>;
  if (integration.source !== 'google') throw new AppError('not_configured', 'this directory cannot be opened yet');
  return directories.openGoogle(integration.id, {
    clientEmail,
    privateKey,
    privateKeyId,
    subject: integration.subject,
  });
}
