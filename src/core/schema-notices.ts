import type { AttributeDocument, SchemaDocument } from './scim-schema.ts';

/** A difference between what an attribute was and what it becomes, and what that does to what is stored; `refused`: it may not be. */
interface Consequence {
  readonly refused?: true;
  readonly says: string;
  applies(before: AttributeDocument, after: AttributeDocument): boolean;
}

const isKept = ({ mutability, returned }: AttributeDocument) => mutability !== 'writeOnly' && returned !== 'never';

const CONSEQUENCES: readonly Consequence[] = [
  {
    refused: true,
    says: 'keeps its type and whether it is multi-valued; give another attribute another name',
    applies: (before, after) => before.type !== after.type || before.multiValued !== after.multiValued,
  },
  {
    says: 'is required now: whoever has no value keeps none until they are replaced, or the attribute is touched',
    applies: (before, after) => !before.required && after.required,
  },
  {
    says: 'is unique now: values that are stored already are claimed when their resource is written next',
    applies: (before, after) => (before.uniqueness ?? 'none') === 'none' && (after.uniqueness ?? 'none') !== 'none',
  },
  {
    says: 'is not kept any more: stored values are not shown',
    applies: (before, after) => isKept(before) && !isKept(after),
  },
];

/** What a new version of a schema does to what is stored, in sentences; `refused` are those that forbid it. */
export function schemaNotices(
  before: SchemaDocument,
  after: SchemaDocument,
): { readonly refused: readonly string[]; readonly notices: readonly string[] } {
  const found = compare(before.attributes, after.attributes, '');
  return {
    refused: found.filter(({ refused }) => refused).map(({ text }) => text),
    notices: found.filter(({ refused }) => !refused).map(({ text }) => text),
  };
}

type Found = { readonly refused: boolean; readonly text: string };

function compare(
  before: readonly AttributeDocument[],
  after: readonly AttributeDocument[],
  prefix: string,
): readonly Found[] {
  const next = new Map(after.map((attribute) => [attribute.name.toLowerCase(), attribute]));
  return before.flatMap((former) => {
    const label = `${prefix}${former.name}`;
    const present = next.get(former.name.toLowerCase());
    if (!present) return [{ refused: false, text: `${label} is gone: stored values are kept and not shown` }];
    const own = CONSEQUENCES.filter(({ applies }) => applies(former, present));
    return [
      ...own.map(({ refused = false, says }) => ({ refused, text: `${label} ${says}` })),
      ...compare(former.subAttributes ?? [], present.subAttributes ?? [], `${label}.`),
    ];
  });
}
