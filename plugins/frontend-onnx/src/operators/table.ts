import { activationRules } from './activation.js';
import { constantRules } from './constants.js';
import { convolutionRules } from './convolution.js';
import { elementwiseRules } from './elementwise.js';
import { indexingRules } from './indexing.js';
import { joiningRules } from './joining.js';
import { matrixRules } from './matrix.js';
import { normalizationRules } from './normalization.js';
import { poolingRules } from './pooling.js';
import { quantizationRules } from './quantization.js';
import { randomRules } from './random.js';
import { reductionRules } from './reduction.js';
import { resamplingRules } from './resampling.js';
import { reshapingRules } from './reshaping.js';
import type { OperatorRule } from './rule.js';

const rules: ReadonlyMap<string, OperatorRule> = new Map(
  [
    activationRules,
    constantRules,
    convolutionRules,
    elementwiseRules,
    indexingRules,
    joiningRules,
    matrixRules,
    normalizationRules,
    poolingRules,
    quantizationRules,
    randomRules,
    reductionRules,
    resamplingRules,
    reshapingRules,
  ].flatMap(table => Object.entries(table)),
);

/** The rules for an operator; undefined when it is not known. */
export function findRule(domain: string, operator: string): OperatorRule | undefined {
  return rules.get(domain === '' ? operator : `${domain}:${operator}`);
}

/** Names of all operators that have rules; those outside the standard domain as `domain:name`. */
export function knownOperators(): readonly string[] {
  return [...rules.keys()].sort();
}
