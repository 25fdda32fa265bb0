import { ChipError } from '../errors/index.js';

/** What plugins have defined of one kind, by identifier, in the order in which it was added. */
export interface Registry<Item extends { readonly id: string }> {
  /** Adds a definition; an identifier that is taken is refused. */
  add(item: Item): void;
  /** The definition with this identifier; throws an error that lists the known ones. */
  get(id: string): Item;
  find(id: string): Item | undefined;
  list(): readonly Item[];
}

/** `noun` is what an item is called in messages, for instance `platform`. */
export function createRegistry<Item extends { readonly id: string }>(
  noun: string,
  isFrozen: () => boolean,
): Registry<Item> {
  const items = new Map<string, Item>();
  return {
    add(item) {
      if (isFrozen()) {
        throw new ChipError('ADC2006', `No ${noun} can be added: the framework is already running`, {
          hint: 'Add definitions in the define hooks, from a plugin given to createAutoDNNchip.',
        });
      }
      if (typeof item?.id !== 'string' || item.id === '') {
        throw new ChipError('ADC2001', `A ${noun} without an id was added`, {
          hint: 'Give it a non-empty string as `id`.',
        });
      }
      if (items.has(item.id)) {
        throw new ChipError('ADC2007', `The ${noun} ${item.id} is already defined`, {
          hint: 'Choose another id, or leave out one of the two plugins.',
        });
      }
      items.set(item.id, item);
    },
    get(id) {
      const item = items.get(id);
      if (item !== undefined) return item;
      const known = [...items.keys()];
      throw new ChipError('ADC2008', `There is no ${noun} named ${id}`, {
        hint: known.length === 0 ? `No plugin defines a ${noun}.` : `Known: ${known.join(', ')}.`,
      });
    },
    find: id => items.get(id),
    list: () => [...items.values()],
  };
}
