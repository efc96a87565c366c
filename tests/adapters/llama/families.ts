/** Families of models, each with a short chat template that does what those of its kind do, and its special tokens. */
import { CHAT_TEMPLATE } from "../../../bench/gguf/template.ts";
import type { Family } from "../../../bench/gguf/make.ts";

const control = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, "control" as const]));
const word = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, "user defined" as const]));

const CHAT_ML = {
  special: {
    ...control("<|endoftext|>", "<|im_start|>", "<|im_end|>"),
    ...word("<tool_call>", "</tool_call>", "<think>", "</think>"),
  },
  bos: "<|endoftext|>",
  eos: "<|im_end|>",
};

/** Thinks by itself unless it is told not to; an answer at the end of the conversation shows that it has not. */
const THINKING_TEMPLATE = CHAT_TEMPLATE.replace(
  "{{- '<|im_start|>assistant' }}",
  "{{- '<|im_start|>assistant' }}{%- if loop.last or message.reasoning_content %}{{- '\\n<think>\\n' + (message.reasoning_content or '') + '\\n</think>\\n' }}{%- endif %}",
).replace(
  "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}",
  "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}{%- endif %}",
);

const LLAMA_3 = String.raw`{{- bos_token }}
{%- if not date_string is defined %}{%- set date_string = "26 Jul 2024" %}{%- endif %}
{%- if messages[0]['role'] == 'system' %}{%- set system = messages[0]['content'] | trim %}{%- set messages = messages[1:] %}{%- else %}{%- set system = "" %}{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\n\nToday Date: " + date_string + "\n\n" + system + "<|eot_id|>" }}
{%- if tools %}
{%- set first = messages[0]['content'] | trim %}{%- set messages = messages[1:] %}
{{- '<|start_header_id|>user<|end_header_id|>\n\nAnswer with a call like {"name": name, "parameters": values}.\n\n' }}
{%- for tool in tools %}{{- tool | tojson }}{{- "\n\n" }}{%- endfor %}
{{- first + "<|eot_id|>" }}
{%- endif %}
{%- for message in messages %}
{%- if message.role == 'tool' %}
{{- "<|start_header_id|>ipython<|end_header_id|>\n\n" }}{%- if message.content is mapping or message.content is iterable %}{{- message.content | tojson }}{%- else %}{{- message.content }}{%- endif %}{{- "<|eot_id|>" }}
{%- elif message.tool_calls %}
{%- if message.tool_calls | length != 1 %}{{- raise_exception("One call at a time") }}{%- endif %}
{{- '<|start_header_id|>assistant<|end_header_id|>\n\n{"name": "' + message.tool_calls[0].function.name + '", "parameters": ' }}{{- message.tool_calls[0].function.arguments | tojson }}{{- "}<|eot_id|>" }}
{%- else %}
{{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' + message['content'] | trim + '<|eot_id|>' }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{%- endif %}`;

const GEMMA = String.raw`{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate') }}{% endif %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}`;

const MISTRAL = String.raw`{%- if messages[0]["role"] == "system" %}{%- set system = messages[0]["content"] %}{%- set rest = messages[1:] %}{%- else %}{%- set rest = messages %}{%- endif %}
{{- bos_token }}
{%- for message in rest %}
{%- if message["role"] == "user" %}
{%- if loop.last and system is defined %}{{- "[INST]" + system + "\n\n" + message["content"] + "[/INST]" }}{%- else %}{{- "[INST]" + message["content"] + "[/INST]" }}{%- endif %}
{%- elif message["role"] == "assistant" %}{{- message["content"] + eos_token }}
{%- else %}{{- raise_exception("Only user and assistant roles are supported") }}
{%- endif %}
{%- endfor %}`;

const PHI = String.raw`{% for message in messages %}{% if message['role'] == 'system' and message['content'] %}{{'<|system|>
' + message['content'] + '<|end|>
'}}{% elif message['role'] == 'user' %}{{'<|user|>
' + message['content'] + '<|end|>
'}}{% elif message['role'] == 'assistant' %}{{'<|assistant|>
' + message['content'] + '<|end|>
'}}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>
' }}{% else %}{{ eos_token }}{% endif %}`;

const R1 = String.raw`{{ bos_token }}{% for message in messages %}{% if message['role'] == 'system' %}{{ message['content'] }}{% elif message['role'] == 'user' %}{{ '<｜User｜>' + message['content'] }}{% elif message['role'] == 'assistant' %}{% set content = message['content'] %}{% if '</think>' in content %}{% set content = content.split('</think>')[-1] %}{% endif %}{{ '<｜Assistant｜>' + content + '<｜end▁of▁sentence｜>' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<｜Assistant｜><think>\n' }}{% endif %}`;

/** By name. */
export const FAMILIES = {
  chatMl: { ...CHAT_ML, template: CHAT_TEMPLATE },
  thinking: { ...CHAT_ML, template: THINKING_TEMPLATE },
  llama3: {
    template: LLAMA_3,
    special: control(
      "<|begin_of_text|>",
      "<|end_of_text|>",
      "<|start_header_id|>",
      "<|end_header_id|>",
      "<|eot_id|>",
    ),
    bos: "<|begin_of_text|>",
    eos: "<|eot_id|>",
    addsBos: true,
  },
  gemma: {
    template: GEMMA,
    special: control("<pad>", "<eos>", "<bos>", "<start_of_turn>", "<end_of_turn>"),
    bos: "<bos>",
    eos: "<eos>",
    addsBos: true,
  },
  mistral: {
    template: MISTRAL,
    special: control("<unk>", "<s>", "</s>", "[INST]", "[/INST]"),
    bos: "<s>",
    eos: "</s>",
    addsBos: true,
  },
  phi: {
    template: PHI,
    special: control("<|endoftext|>", "<|assistant|>", "<|system|>", "<|end|>", "<|user|>"),
    bos: "<|endoftext|>",
    eos: "<|endoftext|>",
  },
  r1: {
    template: R1,
    special: {
      ...control("<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>"),
      ...word("<｜User｜>", "<｜Assistant｜>", "<think>", "</think>"),
    },
    bos: "<｜begin▁of▁sentence｜>",
    eos: "<｜end▁of▁sentence｜>",
    addsBos: true,
  },
} as const satisfies Readonly<Record<string, Family>>;
