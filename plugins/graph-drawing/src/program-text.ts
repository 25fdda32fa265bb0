import { isResolvedLoop, type ResolvedNode, type ResolvedState, type ResolvedStep } from '@autodnnchip/core';

/** Characters of a state machine that are worth showing. */
const longest = 400;

/**
 * A state machine in a line: states with their cycles, loops folded, for instance `take weights 1, 64 × (tile 288)`.
 * `resourceName` is what a state without a name is called, if anything.
 */
export function programText(node: ResolvedNode, resourceName: (state: ResolvedState) => string | undefined): string {
  let text = '';
  const add = (steps: readonly ResolvedStep[]): void => {
    for (const [index, step] of steps.entries()) {
      if (text.length > longest) return;
      if (index > 0) text += ', ';
      if (isResolvedLoop(step)) {
        text += `${step.repeat} × (`;
        add(step.steps);
        text += ')';
      } else {
        const name = step.name ?? resourceName(step);
        text += name === undefined ? String(step.cycles) : `${name} ${step.cycles}`;
      }
    }
  };
  add(node.steps);
  return text;
}

/** The same for nodes of equal structure: all that makes a state machine but the names of edges and resources. */
export function programStructure(node: ResolvedNode, resourceStructure: (resource: number) => string): string {
  const parts: string[] = [];
  const tokens = (flows: ResolvedState['consumes']): string =>
    flows
      .map(flow => flow.tokens)
      .sort((left, right) => left - right)
      .join(' ');
  const add = (steps: readonly ResolvedStep[]): void => {
    for (const step of steps) {
      if (isResolvedLoop(step)) {
        parts.push(`${step.repeat}(`);
        add(step.steps);
        parts.push(')');
      } else {
        parts.push(
          `[${JSON.stringify(step.name ?? null)} ${step.cycles} ${step.picojoules} ${resourceStructure(step.resource)} <${tokens(step.consumes)} >${tokens(step.produces)}]`,
        );
      }
    }
  };
  add(node.steps);
  return parts.join('');
}
