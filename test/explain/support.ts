import { evaluate, explainedFiguresOf, figuresOf, isExplanation, type ExplanationInput } from '@autodnnchip/core';
import * as assert from 'uvu/assert';

/** Everything that an explanation stands on. */
export function ends(input: ExplanationInput): ExplanationInput[] {
  return isExplanation(input) && input.inputs.length > 0 ? input.inputs.flatMap(ends) : [input];
}

/**
 * Holds every number of a prediction against its explanation: there, equal bit for bit, and the same when its sums and
 * products are done again from the ends. Gives the number of figures.
 */
export function assertExplained(prediction: object, explained: object, what: string): number {
  const predicted = figuresOf(prediction).byPath;
  const told = explainedFiguresOf(explained).byPath;
  assert.equal([...told.keys()].sort(), [...predicted.keys()].sort(), `${what}: figures`);
  const sourced = new Set<ExplanationInput>();
  const evaluated = new Map<ExplanationInput, number>();
  for (const [path, value] of predicted) {
    const explanation = told.get(path);
    assert.ok(explanation, `${what}: ${path}`);
    if (!Object.is(explanation.value, value))
      assert.unreachable(`${what}: ${path} is ${value}, explained as ${explanation.value}`);
    const again = evaluate(explanation, evaluated);
    if (!Object.is(again, value)) assert.unreachable(`${what}: ${path} is ${value}, its formula gives ${again}`);
    assertSources(explanation, `${what}: ${path}`, sourced);
  }
  return predicted.size;
}

/** Units everywhere; a source or a procedure at every end. Parts that explanations share are looked at once. */
function assertSources(input: ExplanationInput, what: string, known: Set<ExplanationInput>): void {
  if (known.has(input)) return;
  known.add(input);
  assert.ok(Number.isFinite(input.value) && input.unit !== '' && input.figure !== '', `${what}: ${input.figure}`);
  if (!isExplanation(input)) assert.ok(input.source.length > 2, `${what}: source of ${input.figure}`);
  else {
    assert.ok(input.formula.length > 0, `${what}: formula of ${input.figure}`);
    if (input.operation !== undefined && input.operation !== 'sum')
      assert.ok(input.inputs.length > 0, `${what}: inputs of ${input.figure}`);
    input.inputs.forEach(inner => {
      assertSources(inner, what, known);
    });
  }
}
