import { ChipError } from '@autodnnchip/core';
import type {
  Bid,
  ConvolutionWork,
  CopyRequest,
  Engine,
  TensorView,
  WeightSource,
  Work,
} from '@autodnnchip/core/engine';

import type { EngineAnswer, LoweredLayer } from './lowered-network.js';
import type { LoweringContext } from './lowering-context.js';
import { pointWindow } from './point-window.js';
import { Refusal } from './refusal.js';
import { createTensorNode, type TensorNode } from './tensor-node.js';

/** A form that an operator may take on the chip. */
export interface Candidate {
  readonly work: Work;
  /** Takes the feature maps of this form into the network; called for the form that wins. */
  commit(): void;
}

/** An engine that runs a work, and what it needs before. */
interface Choice {
  readonly candidate: Candidate;
  readonly unit: number;
  readonly cycles: number;
  readonly copies: readonly Copy[];
}

interface Copy {
  readonly operand: number;
  readonly node: TensorNode;
  readonly layer: LoweredLayer;
}

/**
 * Gives an operator to the engine with the lowest bid over all of its forms; the first of equal ones in the order of
 * forms, then of engines. Refused by all, it is refused with their reasons.
 */
export function addWork(context: LoweringContext, candidates: readonly Candidate[]): void {
  const answers: EngineAnswer[] = [];
  const reasons: { readonly reason: string; readonly isForeign: boolean }[] = [];
  let best: { readonly choice: Choice; readonly answer: EngineAnswer } | undefined;
  for (const candidate of candidates) {
    const { form } = candidate.work;
    for (const [index, engine] of context.engines.entries()) {
      const bid = withCopies(context, candidate.work, bidOf(engine, candidate.work));
      if ('refused' in bid) {
        answers.push({ engine: engine.unit, form, refused: bid.refused });
        reasons.push({ reason: bid.refused, isForeign: bid.isForeign === true });
        continue;
      }
      const answer = { engine: engine.unit, form, cycles: bid.cycles };
      answers.push(answer);
      if (best === undefined || bid.cycles < best.choice.cycles)
        best = { choice: { candidate, unit: index + 1, cycles: bid.cycles, copies: bid.made }, answer };
    }
  }
  if (best === undefined) throw new Refusal(joinedReasons(reasons));
  const { choice, answer } = best;
  commit(context, choice, [
    answer,
    ...answers.filter(other => other !== answer),
    ...absentAnswers(context, choice.candidate.work),
  ]);
}

/** An engine's bid, if it can be one. Throws ADC2011 naming the engine and the work. */
function bidOf(engine: Engine, work: Work): Bid {
  const bid = engine.bid(work);
  const isRefusal = typeof bid === 'object' && 'refused' in bid && typeof bid.refused === 'string';
  const isBid = typeof bid === 'object' && 'cycles' in bid && Number.isFinite(bid.cycles) && bid.cycles >= 0;
  if (isRefusal || isBid) return bid;
  throw new ChipError('ADC2011', `The ${engine.unit} engine bids ${JSON.stringify(bid)} for ${work.name}.`, {
    location: { node: work.name },
    hint: 'A bid is a number of cycles or a reason against the work: docs/engines.md has the contract.',
  });
}

/**
 * What engines that are not on the chip would bid for a work: each the least over its sizes, or why the first of them
 * refuses. Copies that they need are not counted.
 */
function absentAnswers({ absentEngines }: LoweringContext, work: Work): EngineAnswer[] {
  return absentEngines.map((sizes): EngineAnswer => {
    const facts = { engine: sizes[0].unit, form: work.form, isAbsent: true } as const;
    const bids = sizes.map(engine => bidOf(engine, work));
    const cycles = bids.reduce((least, bid) => ('cycles' in bid ? Math.min(least, bid.cycles) : least), Infinity);
    if (cycles < Infinity) return { ...facts, cycles };
    const [first] = bids;
    return { ...facts, refused: 'refused' in first ? first.refused : '' };
  });
}

function commit(context: LoweringContext, { candidate, unit, copies }: Choice, answers: readonly EngineAnswer[]): void {
  const inputs: TensorView[] = [...candidate.work.inputs];
  for (const { operand, node, layer } of copies) {
    context.nodes.push(node);
    context.layers.push(layer);
    inputs[operand] = node;
  }
  candidate.commit();
  const work = copies.length === 0 ? candidate.work : ({ ...candidate.work, inputs } as Work);
  context.layers.push({ work, unit, engine: context.engines[unit - 1].unit, answers });
}

/** One line of all reasons, those of engines that run no such work left out where others have better ones. */
function joinedReasons(reasons: readonly { readonly reason: string; readonly isForeign: boolean }[]): string {
  const own = reasons.filter(({ isForeign }) => !isForeign);
  return [...new Set((own.length > 0 ? own : reasons).map(({ reason }) => reason))].join('; ');
}

/**
 * A bid with the copies that it asks for, each made by the engine that bids best for it; refused where none makes one.
 */
function withCopies(
  context: LoweringContext,
  work: Work,
  bid: Bid,
): { readonly cycles: number; readonly made: readonly Copy[] } | Extract<Bid, { refused: string }> {
  if ('refused' in bid) return bid;
  const made: Copy[] = [];
  let { cycles } = bid;
  for (const request of bid.copies ?? []) {
    const copy = makeCopy(context, work, request);
    if ('refused' in copy)
      return {
        refused: `it needs operand ${request.operand + 1} with its channels in another order, and no engine copies it: ${copy.refused}`,
      };
    cycles += copy.cycles;
    made.push(copy.made);
  }
  return { cycles, made };
}

/** The best bid for a copy. An engine that would need a copy to make one is passed over, so that asking ends. */
function makeCopy(
  context: LoweringContext,
  work: Work,
  { operand, channelMap }: CopyRequest,
): { readonly cycles: number; readonly made: Copy } | { readonly refused: string } {
  const source = work.inputs[operand];
  const { inputHeight, inputWidth } = work.window;
  const node = createTensorNode(
    `${sourceName(source)} (reordered)`,
    inputHeight,
    inputWidth,
    channelMap,
    context.configuration.channelBlock,
  );
  const copy = selection(`${work.name} (reorder)`, source, node, inputHeight, inputWidth);
  const answers: EngineAnswer[] = [];
  let best: { readonly unit: number; readonly engine: string; readonly cycles: number } | undefined;
  for (const [index, engine] of context.engines.entries()) {
    const bid = bidOf(engine, copy);
    const refused =
      'refused' in bid
        ? bid.refused
        : bid.copies !== undefined && bid.copies.length > 0
          ? 'it needs a copy itself'
          : undefined;
    answers.push({
      engine: engine.unit,
      form: copy.form,
      ...(refused === undefined && 'cycles' in bid ? { cycles: bid.cycles } : { refused: refused ?? '' }),
    });
    if (refused === undefined && 'cycles' in bid && (best === undefined || bid.cycles < best.cycles))
      best = { unit: index + 1, engine: engine.unit, cycles: bid.cycles };
  }
  if (best === undefined) return { refused: answers.map(({ refused }) => refused).join('; ') };
  const { unit, engine, cycles } = best;
  return {
    cycles,
    made: {
      operand,
      node,
      layer: {
        work: copy,
        unit,
        engine,
        answers: [
          ...answers.filter(answer => answer.engine === engine),
          ...answers.filter(answer => answer.engine !== engine),
        ],
      },
    },
  };
}

function sourceName(view: TensorView): string {
  return 'name' in view ? String(view.name) : 'operand';
}

/**
 * The same values with channels in another physical order: a pointwise convolution whose weights select one channel
 * each.
 */
function selection(
  name: string,
  source: TensorView,
  output: TensorNode,
  height: number,
  width: number,
): ConvolutionWork {
  const channels = output.channelMap.reduce((count, channel) => Math.max(count, channel + 1), 0);
  const weights: WeightSource = {
    zeroPoints: new Int32Array(1),
    outputChannels: channels,
    channels: 1,
    groups: channels,
    kernelHeight: 1,
    kernelWidth: 1,
    parts: 1,
  };
  return {
    form: 'convolution',
    name,
    operator: 'copy',
    multiplyAccumulates: 0,
    inputs: [source],
    output,
    zeroPoint: 0,
    low: -128,
    high: 127,
    weights,
    window: pointWindow({ height, width }),
    requantization: { kind: 'constant', bias: 0, scale: 1 },
  };
}
