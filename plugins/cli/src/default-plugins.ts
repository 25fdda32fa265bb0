import type { Log, PluginInput } from '@autodnnchip/core';
import { convAdderTree } from '@autodnnchip/ip-conv-adder-tree';
import { laneEngine } from '@autodnnchip/ip-lane-engine';
import { asic } from '@autodnnchip/platform-asic';
import { asic65nm } from '@autodnnchip/platform-asic-65nm';
import { ecp585f } from '@autodnnchip/platform-ecp5-85f';
import { dpu } from '@autodnnchip/platform-dpu';
import { edgeTpu } from '@autodnnchip/platform-edge-tpu';
import { eyeriss } from '@autodnnchip/platform-eyeriss';
import { jetson } from '@autodnnchip/platform-jetson';
import { shidiannao } from '@autodnnchip/platform-shidiannao';
import { ultra96 } from '@autodnnchip/platform-ultra96';
import { accelShared } from '@autodnnchip/plugin-accel-shared';
import { builder } from '@autodnnchip/plugin-builder';
import { conformance } from '@autodnnchip/plugin-conformance';
import { createReferenceExecutor, referenceExecutor } from '@autodnnchip/plugin-executor-reference';
import { explanation } from '@autodnnchip/plugin-explain';
import { onnxFrontEnd } from '@autodnnchip/plugin-frontend-onnx';
import { graphDrawing } from '@autodnnchip/plugin-graph-drawing';
import { graphPredictor } from '@autodnnchip/plugin-graph-predictor';
import { givenAccelerators } from '@autodnnchip/plugin-given-accelerators';
import { nextpnr } from '@autodnnchip/plugin-nextpnr';
import { networkPasses } from '@autodnnchip/plugin-network-passes';
import { validation } from '@autodnnchip/plugin-validate';
import { yosys } from '@autodnnchip/plugin-yosys';
import { simulation } from '@autodnnchip/sim';

/** The plugins that the command line starts with: the one place where rooms are put together. */
export function defaultPlugins(log: Log): readonly PluginInput[] {
  return [
    onnxFrontEnd(),
    networkPasses({ executor: createReferenceExecutor(), onNote: note => log.warn(note) }),
    referenceExecutor(),
    [convAdderTree(), laneEngine()],
    accelShared(),
    builder(),
    graphPredictor(),
    graphDrawing(),
    simulation(),
    yosys(),
    nextpnr(),
    [ultra96(), ecp585f(), asic65nm(), asic()],
    [eyeriss(), shidiannao(), dpu(), edgeTpu(), jetson()],
    givenAccelerators(),
    validation(),
    explanation(),
    conformance(),
  ];
}
