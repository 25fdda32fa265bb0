import { ChipError, type AcceleratorModelDefinition, type LayerMapping, type NetworkWork } from '@autodnnchip/core';

/**
 * Mappings that the user gives, by layer. Throws ADC3003 for a model that takes none, a layer that is not there, and
 * sizes that are not those of the model.
 */
export function checkedMappings(
  platform: string,
  { mappingSizes }: AcceleratorModelDefinition,
  { layers }: NetworkWork,
  mappings: Readonly<Record<string, LayerMapping>>,
): Readonly<Record<string, LayerMapping>> {
  const given = Object.entries(mappings);
  if (given.length === 0) return mappings;
  if (mappingSizes === undefined) {
    throw new ChipError('ADC3003', `${platform} takes no mappings`, {
      hint: 'Its model chooses how a layer is put on the hardware; leave them out.',
    });
  }
  const sizes = Object.keys(mappingSizes);
  const meanings = `Sizes: ${Object.entries(mappingSizes)
    .map(([name, meaning]) => `${name} (${meaning})`)
    .join(', ')}.`;
  for (const [node, mapping] of given) {
    const location = { node };
    if (!layers.some(({ name }) => name === node)) {
      throw new ChipError('ADC3003', `There is no layer ${node} to map`, {
        location,
        hint: `Layers: ${layers.map(({ name }) => name).join(', ')}.`,
      });
    }
    const unknown = Object.keys(mapping).find(name => !sizes.includes(name));
    if (unknown !== undefined)
      throw new ChipError('ADC3003', `The mapping of ${node} has a size ${unknown} that ${platform} does not know`, {
        location,
        hint: meanings,
      });
    const wrong = sizes.find(
      name => !(Object.hasOwn(mapping, name) && Number.isSafeInteger(mapping[name]) && mapping[name] >= 1),
    );
    if (wrong !== undefined) {
      const what = Object.hasOwn(mapping, wrong) ? `cannot be ${mapping[wrong]}` : 'is missing';
      throw new ChipError('ADC3003', `${wrong} in the mapping of ${node} ${what}`, {
        location,
        hint: `Give a whole number from 1. ${meanings}`,
      });
    }
  }
  return mappings;
}
