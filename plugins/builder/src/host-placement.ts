import { ChipError, type Hooks, type Network, type TemplateDefinition, type UnsupportedOperator } from '@autodnnchip/core';

/**
 * Operators that cannot or shall not run on the chip: those that the template refuses, and those that a plugin keeps on
 * the host through `mapOperator`.
 */
export function operatorsOffChip(network: Network, template: TemplateDefinition, hooks: Hooks): readonly UnsupportedOperator[] {
  const unsupported = [...template.unsupported(network)];
  const named = new Set(unsupported.map((operator) => operator.name));
  for (const operator of network.operators) {
    const placement = hooks.mapOperator.call({ operator, network, template });
    if (placement !== undefined && !named.has(operator.name)) unsupported.push({ name: operator.name, operator: operator.sourceType, reason: placement.reason });
  }
  return unsupported;
}

/** Throws ADC3001 with every operator that stands in the way and its reason. */
export function requireOnChip(network: Network, template: TemplateDefinition, hooks: Hooks): void {
  const unsupported = operatorsOffChip(network, template, hooks);
  if (unsupported.length === 0) return;
  const shown = unsupported.slice(0, 20).map((operator) => `  ${operator.name} (${operator.operator}): ${operator.reason}`);
  if (unsupported.length > shown.length) shown.push(`  and ${unsupported.length - shown.length} more`);
  throw new ChipError('ADC3001', `${template.title} cannot run ${unsupported.length} of the ${network.operators.length} operators of ${network.name}:\n${shown.join('\n')}`, {
    location: { file: network.source, node: unsupported[0].name },
    hint: 'Change the model, or give --host-fallback to run what comes before and after the chip\'s part on the host.',
  });
}
