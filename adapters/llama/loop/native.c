/*
 * What the library's addon does only by way of another thread: one token more for each of some sequences, decoded and
 * chosen in a single call. Bun compiles it when a model is loaded, without a compiler or headers of the machine.
 * Declarations are those of llama.h and node_api.h.
 */
typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
typedef struct llama_context *context;
typedef struct llama_sampler *sampler;

int napi_unwrap(napi_env env, napi_value object, void **inside);
void *dlopen(const char *file, int flags);
void *dlsym(void *library, const char *name);

#define RTLD_NOW 2
#define RTLD_NOLOAD 4
#define SEQUENCES_MAX 256

struct llama_batch {
  int n_tokens;
  int *token;
  float *embd;
  int *pos;
  int *n_seq_id;
  int **seq_id;
  signed char *logits;
};

static int (*llama_decode)(context, struct llama_batch);
static void (*llama_synchronize)(context);
static int (*llama_sampler_sample)(sampler, context, int);

/* Finds the functions in a library that is loaded already. 0: it is not, or it is another one. */
int bind(const char *file) {
  void *library = dlopen(file, RTLD_NOW | RTLD_NOLOAD);
  if (!library) return 0;
  llama_decode = dlsym(library, "llama_decode");
  llama_synchronize = dlsym(library, "llama_synchronize");
  llama_sampler_sample = dlsym(library, "llama_sampler_sample");
  return llama_decode && llama_synchronize && llama_sampler_sample;
}

/* The C++ object behind one of the addon's. 0: there is none. */
void *inside(napi_env env, napi_value object) {
  void *found = 0;
  return napi_unwrap(env, object, &found) == 0 ? found : 0;
}

/* Replaces the token of each sequence by the one that follows it. Returns what llama_decode does: 0 is well. */
int step(context of, int count, int *sequences, int *positions, int *tokens, sampler *samplers) {
  int ones[SEQUENCES_MAX], *ids[SEQUENCES_MAX + 1];
  signed char wanted[SEQUENCES_MAX];
  if (count > SEQUENCES_MAX) return -1;
  for (int i = 0; i < count; i++) {
    ones[i] = wanted[i] = 1;
    ids[i] = sequences + i;
  }
  ids[count] = 0;
  struct llama_batch batch = {count, tokens, 0, positions, ones, ids, wanted};
  int result = llama_decode(of, batch);
  if (result != 0) return result;
  llama_synchronize(of);
  for (int i = 0; i < count; i++) tokens[i] = llama_sampler_sample(samplers[i], of, i);
  return 0;
}
