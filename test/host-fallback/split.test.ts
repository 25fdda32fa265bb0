import { splitForHost, type HostSplit } from '@autodnnchip/plugin-builder';
import type { Network } from '@autodnnchip/core';
import * as assert from 'uvu/assert';
import { sketchNetwork } from '../network-passes/network-under-test.js';
import { suite } from '../support/suite.js';
import {
  conv,
  dequantize,
  float,
  int8,
  product,
  quantize,
  softmax,
  surroundedNetwork,
  weights,
} from './host-networks.js';

const split = suite('host split');

function splitOff(network: Network, ...names: string[]): HostSplit {
  return splitForHost(
    network,
    names.map(name => ({ name, operator: name, reason: 'no hardware' })),
  );
}

function shape(network: Network | undefined): unknown {
  return network === undefined
    ? undefined
    : { inputs: network.inputs, outputs: network.outputs, operators: network.operators.map(({ name }) => name) };
}

split('parts hand over by name: inputs, results that cross, outputs', () => {
  const { leading, chip, trailing, operators, refused } = splitOff(
    surroundedNetwork(),
    'binary0',
    'binary5',
    'binary6',
    'softmax7',
  );
  assert.equal(shape(leading), { inputs: ['image'], outputs: ['scaled'], operators: ['binary0'] });
  assert.equal(shape(chip), {
    inputs: ['scaled'],
    outputs: ['features', 'z'],
    operators: ['quantize1', 'conv2', 'conv3', 'dequantize4'],
  });
  assert.equal(shape(trailing), {
    inputs: ['mask', 'z', 'scaled'],
    outputs: ['probabilities'],
    operators: ['binary5', 'binary6', 'softmax7'],
  });
  assert.equal(refused, []);
  assert.equal(
    [...(trailing?.tensors ?? [])].map(([name, { role }]) => `${name} ${role}`),
    ['z input', 'mask input', 'masked intermediate', 'scaled input', 'joined intermediate', 'probabilities output'],
  );
  assert.is(leading?.tensors.get('factor')?.role, 'constant');
  assert.equal(
    operators.map(({ name, reason }) => [name, /, (before|after) the chip: no hardware$/.exec(reason)?.[1]]),
    [
      ['binary0', 'before'],
      ['binary5', 'after'],
      ['binary6', 'after'],
      ['softmax7', 'after'],
    ],
  );
});

split('what comes before a leading operator and after a trailing one goes with it', () => {
  const network = sketchNetwork(
    {
      x: int8(1, 3, 4, 4),
      f: float(1, 3, 4, 4),
      g: float(1, 3, 4, 4),
      q: int8(1, 3, 4, 4),
      w: weights(1, 3, 3, 1, 1),
      y: int8(1, 3, 4, 4),
      z: float(1, 3, 4, 4),
      s: float(1, 3, 4, 4),
      r: int8(1, 3, 4, 4),
    },
    [
      dequantize('x', 'f'),
      softmax('f', 'g'),
      quantize('g', 'q'),
      conv('q', 'w', 'y', 1),
      dequantize('y', 'z'),
      softmax('z', 's'),
      quantize('s', 'r'),
    ],
  );
  const { leading, chip, trailing, operators } = splitOff(network, 'softmax1', 'softmax5');
  assert.equal(shape(leading), { inputs: ['x'], outputs: ['g'], operators: ['dequantize0', 'softmax1'] });
  assert.equal(shape(chip), { inputs: ['g'], outputs: ['z'], operators: ['quantize2', 'conv3', 'dequantize4'] });
  assert.equal(shape(trailing), { inputs: ['z'], outputs: ['r'], operators: ['softmax5', 'quantize6'] });
  assert.match(operators[0].reason, /before the chip: the host needs its result/);
  assert.match(operators[3].reason, /after the chip: what it reads comes from the host/);
});

split('an operator between two layers of the chip is refused, with what comes after it', () => {
  const network = sketchNetwork(
    {
      x: int8(1, 3, 4, 4),
      w: weights(1, 3, 3, 1, 1),
      a: int8(1, 3, 4, 4),
      b: float(1, 3, 4, 4),
      c: float(1, 3, 4, 4),
      d: int8(1, 3, 4, 4),
      v: weights(2, 3, 3, 1, 1),
      y: int8(1, 3, 4, 4),
    },
    [conv('x', 'w', 'a', 1), dequantize('a', 'b'), softmax('b', 'c'), quantize('c', 'd'), conv('d', 'v', 'y', 1)],
  );
  assert.equal(splitOff(network, 'softmax2').refused, [
    { name: 'softmax2', operator: 'softmax', reason: "no hardware; the chip computes before it, and 'conv4' after it" },
  ]);
});

split("a side branch that never meets the chip is the host's", () => {
  const network = sketchNetwork(
    { x: float(1, 3, 4, 4), q: int8(1, 3, 4, 4), w: weights(1, 3, 3, 1, 1), y: int8(1, 3, 4, 4), s: float(1, 3, 4, 4) },
    [quantize('x', 'q'), conv('q', 'w', 'y', 1), softmax('x', 's')],
  );
  const { leading, chip, trailing } = splitOff(network, 'softmax2');
  assert.equal(
    [leading, shape(chip)],
    [undefined, { inputs: ['x'], outputs: ['y'], operators: ['quantize0', 'conv1'] }],
  );
  assert.equal(shape(trailing), { inputs: ['x'], outputs: ['s'], operators: ['softmax2'] });
});

split("a conversion of an input that both sides read is the host's", () => {
  const network = sketchNetwork(
    {
      x: float(1, 3, 4, 4),
      q: int8(1, 3, 4, 4),
      w: weights(1, 3, 3, 1, 1),
      y: int8(1, 3, 4, 4),
      p: int8(1, 3, 4, 4),
    },
    [quantize('x', 'q'), conv('q', 'w', 'y', 1), product('y', 'q', 'p')],
  );
  const { leading, chip, trailing } = splitOff(network, 'binary2');
  assert.equal(shape(leading), { inputs: ['x'], outputs: ['q'], operators: ['quantize0'] });
  assert.equal(shape(chip), { inputs: ['q'], outputs: ['y'], operators: ['conv1'] });
  assert.equal(shape(trailing), { inputs: ['y', 'q'], outputs: ['p'], operators: ['binary2'] });
});

split('nothing to split off leaves the network as it is', () => {
  const network = surroundedNetwork();
  const { chip, leading, trailing, operators } = splitOff(network);
  assert.equal([leading, trailing, operators], [undefined, undefined, []]);
  assert.equal(shape(chip), shape(network));
});

split.run();
