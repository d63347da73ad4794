import type { Import } from '../core/import.ts';
import type { Stores } from '../ports/stores.ts';
import { createTurns } from './turns.ts';

/** The text of a file that was sent and is not parsed yet, piece by piece. */
export const TEXT = 'text';

/** Characters of a piece, about: others have their turn in between. */
const PIECE = 64_000;

type Needs = { readonly stores: Pick<Stores, 'imports'> };
type Place = Pick<Import, 'organizationId' | 'id'>;

/** Keeps the text of a file as it comes. */
export async function storeText({ stores }: Needs, place: Place, texts: AsyncIterable<string>): Promise<void> {
  const { organizationId, id: importId } = place;
  let piece = '';
  let page = 0;
  const turn = createTurns();
  const put = () =>
    stores.imports.putPart({ organizationId, importId, part: TEXT, page: page++, text: JSON.stringify(piece) });
  for await (const text of texts) {
    piece += text;
    if (piece.length < PIECE) continue;
    await put();
    await turn();
    piece = '';
  }
  if (piece !== '') await put();
}

/** The text that was kept. */
export async function* storedText({ stores }: Needs, { organizationId, id: importId }: Place): AsyncGenerator<string> {
  for (let page = 0; ; page++) {
    const text = await stores.imports.part({ organizationId, importId, part: TEXT, page });
    if (text === null) return;
    yield JSON.parse(text) as string;
  }
}
