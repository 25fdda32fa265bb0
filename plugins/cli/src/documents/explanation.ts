import { operations, type ExplanationInput } from '@autodnnchip/core';
import { z } from 'zod';

const named = { figure: z.string(), value: z.number(), unit: z.string().describe('1 for a number without unit.') };

const constantSchema = z
  .object({
    ...named,
    kind: z.enum(['published', 'dataSheet', 'measured', 'estimate', 'fitted', 'counted', 'given', 'definition']),
    source: z.string(),
    conditions: z.string().optional().describe('Process, voltage and width that it was published for.'),
  })
  .strict();

/** A constant with its source, or a formula over inputs that are explained in turn. */
export const explanationSchema: z.ZodType<ExplanationInput> = z
  .lazy(() =>
    z.union([
      constantSchema,
      z
        .object({
          ...named,
          formula: z.string(),
          operation: z
            .enum(operations)
            .optional()
            .describe(
              'The value is this operation on the values of the inputs, in order. Absent: a procedure gave it, and the inputs are what it read.',
            ),
          inputs: z.array(explanationSchema),
        })
        .strict(),
    ]),
  )
  .meta({ id: 'explanation' }) as z.ZodType<ExplanationInput>;
