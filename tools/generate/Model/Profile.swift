import WorkloadModel

/// What workloads of one type look like. Types that share of all, GPU sizes and durations follow the traces
/// where these tell: openb gives 13 % without a GPU, 38 % with a fraction, 48 % with one and few with more.
struct Profile: Sendable {
  let type: WorkloadType
  /// Of 100 workloads.
  let share: Double
  /// A typical run in seconds; half take less.
  let medianRun: Double
  /// Of 100 workloads, those with 0, a fraction of one, 1, 2, 4 and 8 GPUs.
  let gpuSizes: Choice
  /// Whether it runs until it is ended.
  let isService: Bool
  /// The beginnings of names.
  let stems: TextTable

  static let all: [Profile] = [
    Profile(
      type: .modelDownload, share: 9, medianRun: 180, gpus: [100, 0, 0, 0, 0, 0], isService: false,
      stems: ["pull-llama-3.1-8b", "pull-mistral-7b", "fetch-whisper-v3", "download-sdxl", "mirror-qwen2.5"]),
    Profile(
      type: .inference, share: 14, medianRun: 9000, gpus: [4, 71, 20, 3, 2, 0], isService: true,
      stems: ["serve-llama", "embedding-api", "asr-gateway", "rerank", "chat-demo", "vision-endpoint"]),
    Profile(
      type: .training, share: 20, medianRun: 1500, gpus: [2, 25, 60, 6, 5, 2], isService: false,
      stems: [
        "resnet50-imagenet", "vit-base", "whisper-small", "unet3d-ct", "gnn-traffic", "dlrm", "bert-base-fi",
      ]),
    Profile(
      type: .preTraining, share: 2, medianRun: 20_000, gpus: [0, 0, 10, 10, 20, 60], isService: false,
      stems: ["poro-34b", "viking-7b", "protein-lm", "weather-fm", "code-lm-3b"]),
    Profile(
      type: .fineTuning, share: 22, medianRun: 1200, gpus: [0, 40, 55, 3, 2, 0], isService: false,
      stems: ["llama-3.1-8b-lora", "mistral-7b-sft", "qwen2.5-dpo", "sdxl-style", "whisper-dialects"]),
    Profile(
      type: .evaluation, share: 22, medianRun: 250, gpus: [6, 44, 50, 0, 0, 0], isService: false,
      stems: ["mmlu", "helm-lite", "lm-eval", "wer-check", "robustness", "ablation", "bleu-fi-en"]),
    Profile(
      type: .workspace, share: 11, medianRun: 7000, gpus: [25, 50, 25, 0, 0, 0], isService: true,
      stems: ["notebook", "jupyter", "vscode", "scratch", "sandbox", "demo-prep"]),
  ]

  private init(
    type: WorkloadType, share: Double, medianRun: Double, gpus: [Double], isService: Bool, stems: [String]
  ) {
    self.type = type
    self.share = share
    self.medianRun = medianRun
    gpuSizes = Choice(gpus)
    self.isService = isService
    self.stems = TextTable(stems)
  }

  /// What one asks for: GPUs, and cores and memory that fit them.
  func drawResources(_ random: inout Random) -> Resources {
    let gpuMilli: Int64 =
      switch gpuSizes.draw(&random) {
      case 0: 0
      case 1: Self.fractions[Self.fractionChoice.draw(&random)]
      case 2: 1000
      case 3: 2000
      case 4: 4000
      default: 8000
      }
    let units = max(1, gpuMilli / 1000)
    let cores = [2, 4, 8, 8, 12, 16][random.below(6)]
    let gibibytes = [8, 16, 32, 32, 64, 120][random.below(6)]
    return Resources(
      cpuMillicores: Int64(cores) * 1000 * units, memoryBytes: (Int64(gibibytes) << 30) * units,
      gpuMilli: gpuMilli)
  }

  /// The fractions of openb and how often they occur there.
  private static let fractions: [Int64] = [
    810, 470, 320, 650, 230, 460, 590, 160, 550, 220, 370, 110, 480, 50,
  ]
  private static let fractionChoice = Choice([
    1078, 750, 328, 253, 140, 128, 75, 74, 72, 62, 47, 24, 19, 7,
  ])
}
