// Written by scripts/make-catalogue from catalogue/*.json; do not edit.

/// The built-in catalogue as tab-separated lines; `Catalogue` says what the fields are.
enum CatalogueData {
    static let providers: StaticString = #"""
        agentrouter	ar	openai	https://agentrouter.org/v1	bearer	llm	wants the name of another client	AgentRouter	user-agent: claude-cli/1.0.95 (external, cli);anthropic-beta: fine-grained-tool-streaming-2025-05-14;x-app: cli	assumed			
        ai21	ai21	openai	https://api.ai21.com/studio/v1	bearer	llm		AI21 Labs		documented			
        aimlapi	aimlapi	openai	https://api.aimlapi.com/v1	bearer	llm		AIML API		assumed			
        alicode	alicode	openai	https://coding.dashscope.aliyuncs.com/v1	bearer	llm		Alibaba		documented			
        alicode-intl	alicode-intl	openai	https://coding-intl.dashscope.aliyuncs.com/v1	bearer	llm		Alibaba Intl		documented			
        anthropic	anthropic	anthropic	https://api.anthropic.com/v1	x-api-key	llm		Anthropic		documented			
        antigravity	ag	antigravity	https://daily-cloudcode-pa.googleapis.com	bearer	llm	wire antigravity	Antigravity	user-agent: antigravity/1.104.0;x-request-source: local	assumed			
        assemblyai	aai	openai	https://api.assemblyai.com/v2	bearer	stt	no chat models	AssemblyAI		assumed			
        aws-polly	polly	openai	https://polly.us-east-1.amazonaws.com/v1	bearer	tts	no chat models	AWS Polly		assumed			
        azure	azure	openai	{endpoint}/openai	api-key	llm		Azure OpenAI		documented	azure		
        baseten	baseten	openai	https://inference.baseten.co/v1	bearer	llm		Baseten		documented			
        bazaarlink	bazaarlink	openai	https://bazaarlink.ai/api/v1	bearer	llm		BazaarLink		assumed			
        bedrock	bedrock	bedrock	https://bedrock-runtime.{region}.amazonaws.com	bearer	llm		AWS Bedrock		documented			
        black-forest-labs	bfl	openai	https://api.bfl.ai/v1	bearer	image	no chat models	Black Forest Labs		assumed			
        blackbox	bb	openai	https://api.blackbox.ai	bearer	llm		Blackbox AI		assumed			
        brave-search	brave	openai	https://api.search.brave.com/res/v1	other	search	no chat models	Brave Search		assumed			
        byteplus	bpm	openai	https://ark.ap-southeast.bytepluses.com/api/coding/v3	bearer	llm		BytePlus ModelArk		documented			
        bytez	bytez	openai	https://api.bytez.com/models/v2	bearer	llm		Bytez		assumed			
        cartesia	cartesia	openai	https://api.cartesia.ai	bearer	tts	no chat models	Cartesia		assumed			
        cerebras	cerebras	openai	https://api.cerebras.ai/v1	bearer	llm		Cerebras		documented			
        chutes	ch	openai	https://llm.chutes.ai/v1	bearer	llm		Chutes AI		documented			
        claude	cc	anthropic	https://api.anthropic.com/v1	x-api-key	llm	sign-in oauth	Claude Code		assumed			
        cline	cl	openai	https://api.cline.bot/api/v1	other	llm	sign-in oauth	Cline	http-referer: https://cline.bot;x-client-type: keirouter;x-is-multiroot: false;x-platform: unknown;x-title: Cline	assumed			
        cloudflare-ai	cf	openai	https://api.cloudflare.com/client/v4/accounts/{account_id}/ai/v1	bearer	llm,image		Cloudflare		documented			
        codebuddy	cb	openai	https://copilot.tencent.com/v2/chat/completions	bearer	llm	sign-in oauth	CodeBuddy	user-agent: CLI/2.108.1 CodeBuddy/2.108.1;x-ide-name: CLI;x-ide-type: CLI;x-product: SaaS;x-requested-with: XMLHttpRequest;x-codebuddy-request: 1	assumed			only
        codex	cx	openai_responses	https://chatgpt.com/backend-api/codex/responses	bearer	llm,image	wire openai_responses	OpenAI Codex		assumed			
        cohere	cohere	cohere	https://api.cohere.com/v2	bearer	llm		Cohere		documented		/v1/models	
        comfyui	comfyui	openai	http://localhost:8188	none	image	no chat models	ComfyUI		assumed			
        commandcode	cmc	command_code	https://api.commandcode.ai/alpha/generate	bearer	llm	wire command_code	Command Code	x-cli-environment: cli;x-command-code-version: 0.25.7;x-session-id: {uuid}	assumed			
        completions	completions	openai	https://completions.me/api/v1	bearer	llm		Completions.me		assumed			
        coqui	coqui	openai	http://localhost:5002/api/tts	none	tts	no chat models	Coqui TTS		assumed			
        cursor	cu	cursor	https://api2.cursor.sh	other	llm	wire cursor	Cursor IDE	connect-accept-encoding: gzip;connect-protocol-version: 1;content-type: application/connect+proto;user-agent: connect-es/1.6.1;x-cursor-client-device-type: desktop;x-cursor-client-type: ide;x-cursor-client-version: 3.1.0;x-cursor-timezone: UTC	assumed			
        custom-anthropic	custom-anthropic	anthropic		x-api-key	llm	needs a base URL	Custom (Anthropic-compatible)		assumed			
        custom-openai	custom-openai	openai		bearer	llm	needs a base URL	Custom (OpenAI-compatible)		assumed			
        deepgram	dg	openai	https://api.deepgram.com/v1	bearer	stt,tts	no chat models	Deepgram		assumed			
        deepinfra	deepinfra	openai	https://api.deepinfra.com/v1/openai	bearer	llm		DeepInfra		documented			
        deepseek	ds	openai	https://api.deepseek.com	bearer	llm		DeepSeek		documented			
        edge-tts	edge-tts	openai		none	tts	no chat models	Edge TTS		assumed			
        elevenlabs	el	openai	https://api.elevenlabs.io/v1	bearer	tts	no chat models	ElevenLabs		assumed			
        enally	enally	openai	https://ai.enally.in/v1	bearer	llm		Enally AI		assumed			
        exa	exa	openai	https://api.exa.ai	x-api-key	search,fetch	no chat models	Exa		assumed			
        fal-ai	fal	openai	https://api.fal.ai/v1	bearer	image	no chat models	Fal.ai		assumed			
        firecrawl	firecrawl	openai	https://api.firecrawl.dev/v1	bearer	fetch	no chat models	Firecrawl		assumed			
        fireworks	fireworks	openai	https://api.fireworks.ai/inference/v1	bearer	llm,embedding		Fireworks AI		documented			
        freetheai	freetheai	openai	https://api.freetheai.xyz/v1	bearer	llm		FreeTheAI		assumed			
        gemini	gemini	gemini	https://generativelanguage.googleapis.com/v1beta	x-goog-api-key	llm,embedding,image,search,tts,stt		Gemini		documented			
        gemini-cli	gc	gemini_cli	https://cloudcode-pa.googleapis.com/v1internal	bearer	llm	wire gemini_cli	Gemini CLI	user-agent: GeminiCLI/0.34.0;x-goog-api-client: google-genai-sdk/1.41.0 gl-node/v22.19.0	assumed			
        github	gh	openai	https://api.githubcopilot.com	bearer	llm,embedding	sign-in oauth	GitHub Copilot	x-initiator: user;copilot-integration-id: vscode-chat;editor-plugin-version: copilot-chat/0.38.0;editor-version: vscode/1.110.0;openai-intent: conversation-panel;user-agent: GitHubCopilotChat/0.38.0;x-github-api-version: 2025-04-01;x-request-id: {uuid};x-vscode-user-agent-library-version: electron-fetch	assumed			
        gitlab	gitlab	openai	https://gitlab.com/api/v4	bearer	llm		GitLab Duo		assumed			
        glhf	glhf	openai	https://glhf.chat/api/openai/v1	bearer	llm		GLHF		assumed			
        glm	glm	anthropic	https://api.z.ai/api/anthropic/v1	x-api-key	llm		GLM Coding		documented			
        glm-cn	glm-cn	openai	https://open.bigmodel.cn/api/coding/paas/v4	bearer	llm		GLM (China)		documented			
        google-pse	gpse	openai	https://www.googleapis.com/customsearch/v1	bearer	search	no chat models	Google PSE		assumed			
        google-tts	google-tts	openai		none	tts	no chat models	Google TTS		assumed			
        grok-web	gw	web_cookie	https://grok.com	other	llm	wire web_cookie	Grok Web (Subscription)		assumed			
        groq	groq	openai	https://api.groq.com/openai/v1	bearer	llm,stt		Groq		documented			
        huggingface	hf	openai	https://api-inference.huggingface.co/models	bearer	image,tts,stt	no chat models	HuggingFace		assumed			
        hyperbolic	hyp	openai	https://api.hyperbolic.xyz/v1	bearer	llm,tts		Hyperbolic		documented			
        iflow	iflow	openai	https://apis.iflow.cn/v1/chat/completions	other	llm	sign-in oauth	iFlow	user-agent: iFlow-Cli	assumed			
        inference-net	inference-net	openai	https://api.inference.net/v1	bearer	llm		Inference.net		assumed			
        inworld	inworld	openai	https://api.inworld.ai/tts/v1	bearer	tts	no chat models	Inworld TTS		assumed			
        jina-ai	jina	openai	https://api.jina.ai/v1	bearer	embedding	no chat models	Jina AI		assumed			
        jina-reader	jina-reader	openai	https://r.jina.ai	bearer	fetch	no chat models	Jina Reader		assumed			
        kilocode	kc	openai	https://api.kilo.ai/api/openrouter	bearer	llm	sign-in oauth	Kilo Code		assumed			
        kimchi	kimchi	openai	https://llm.kimchi.dev/openai/v1	bearer	llm	sign-in oauth	Kimchi	user-agent: kimchi/0.1.50	assumed			
        kimi	kimi	anthropic	https://api.kimi.com/coding/v1	x-api-key	llm,search		Kimi		documented			
        kimi-coding	kimi-coding	anthropic	https://api.kimi.com/coding/v1	x-api-key	llm	sign-in oauth	Kimi Coding		assumed			
        kiro	kr	kiro	https://runtime.us-east-1.kiro.dev/generateAssistantResponse	bearer	llm	wire kiro	Kiro AI	accept: application/vnd.amazon.eventstream;amz-sdk-invocation-id: {uuid};amz-sdk-request: attempt=1; max=3;user-agent: AWS-SDK-JS/3.0.0 kiro-ide/1.0.0;x-amz-target: AmazonCodeWhispererStreamingService.GenerateAssistantResponse;x-amz-user-agent: aws-sdk-js/3.0.0 kiro-ide/1.0.0	assumed			
        kluster	kluster	openai	https://api.kluster.ai/v1	bearer	llm		Kluster AI		assumed			
        lepton	lepton	openai	https://api.lepton.ai/api/v1	bearer	llm		Lepton AI		assumed			
        linkup	linkup	openai	https://api.linkup.so/v1	bearer	search	no chat models	Linkup		assumed			
        llm7	llm7	openai	https://api.llm7.io/v1	bearer	llm		LLM7		assumed			
        local-device	local-device	openai		none	tts	no chat models	Local Device		assumed			
        longcat	longcat	openai	https://api.longcat.chat/openai/v1	bearer	llm		LongCat		assumed			
        mimo-free	mf	mimo_free	https://api.xiaomimimo.com	other	llm	wire mimo_free	MiMo Free	x-mimo-source: mimocode-cli-free;x-session-affinity: ses_{24 random base36}	assumed			
        minimax	minimax	anthropic	https://api.minimax.io/anthropic/v1	x-api-key	llm,image,search,tts		MiniMax Coding		documented			
        minimax-cn	minimax-cn	anthropic	https://api.minimaxi.com/anthropic/v1	x-api-key	llm,tts		MiniMax (China)		documented			
        mistral	mistral	openai	https://api.mistral.ai/v1	bearer	llm,embedding		Mistral		documented			
        modal	modal	openai	https://api.modal.com/v1	bearer	llm		Modal		assumed			
        morph	morph	openai	https://api.morphllm.com/v1	bearer	llm		MorphLLM		assumed			
        nanobanana	nb	openai	https://api.nanobananaapi.ai/v1	bearer	image	no chat models	NanoBanana API		assumed			
        nebius	nebius	openai	https://api.studio.nebius.ai/v1	bearer	llm,embedding		Nebius AI		documented			
        nlpcloud	nlpcloud	openai	https://api.nlpcloud.io/v1	bearer	llm		NLP Cloud		assumed			
        nous-research	nous	openai	https://inference-api.nousresearch.com/v1	bearer	llm		Nous Research		assumed			
        novita	novita	openai	https://api.novita.ai/v3/openai	bearer	llm		Novita AI		documented			
        nscale	nscale	openai	https://inference.api.nscale.com/v1	bearer	llm		Nscale		assumed			
        nvidia	nvidia	openai	https://integrate.api.nvidia.com/v1	bearer	llm,tts,embedding		NVIDIA NIM		documented			
        ollama	ollama	ollama	https://ollama.com	bearer	llm		Ollama Cloud		documented			
        ollama-local	ollama-local	ollama	http://localhost:11434	none	llm		Ollama Local		documented			
        openai	openai	openai	https://api.openai.com/v1	bearer	llm,embedding,tts,stt,image,search		OpenAI		documented			
        opencode	oc	openai	https://opencode.ai/zen/go/v1	bearer	llm		OpenCode		assumed			
        opencode-go	ocg	openai	https://opencode.ai/zen/go/v1	bearer	llm		OpenCode Go		assumed			
        openrouter	openrouter	openai	https://openrouter.ai/api/v1	bearer	llm,embedding		OpenRouter		documented			
        perplexity	pplx	openai	https://api.perplexity.ai	bearer	llm,search		Perplexity		documented			
        perplexity-web	pw	web_cookie	https://www.perplexity.ai	other	llm	wire web_cookie	Perplexity Web (Pro/Max)		assumed			
        playht	playht	openai	https://api.play.ht/api/v2	bearer	tts	no chat models	PlayHT		assumed			
        predibase	predibase	openai	https://serving.app.predibase.com/v1	bearer	llm		Predibase		assumed			
        publicai	publicai	openai	https://api.publicai.co/v1	bearer	llm		PublicAI		assumed			
        puter	puter	openai	https://api.puter.com/puterai/openai/v1	bearer	llm		Puter AI		assumed			
        qoder	qd	qoder	https://api3.qoder.sh/algo/api/v2/service/pro/sse/agent_chat_generation	other	llm	wire qoder	Qoder		assumed			
        qwen	qwen	openai	https://portal.qwen.ai/v1/chat/completions	bearer	llm	sign-in oauth	Qwen Code	user-agent: QwenCode/0.12.3 (linux; x64);x-dashscope-authtype: qwen-oauth;x-dashscope-cachecontrol: enable;x-dashscope-useragent: QwenCode/0.12.3 (linux; x64);x-stainless-arch: x64;x-stainless-lang: js;x-stainless-os: Linux;x-stainless-package-version: 5.11.0;x-stainless-retry-count: 1;x-stainless-runtime: node;x-stainless-runtime-version: v18.19.1	assumed			
        recraft	recraft	openai	https://external.api.recraft.ai/v1	bearer	image	no chat models	Recraft		assumed			
        reka	reka	openai	https://api.reka.ai/v1	bearer	llm		Reka AI		assumed			
        runwayml	runway	openai	https://api.dev.runwayml.com/v1	bearer	image	no chat models	Runway ML		assumed			
        sambanova	sambanova	openai	https://api.sambanova.ai/v1	bearer	llm		SambaNova		documented			
        scaleway	scaleway	openai	https://api.scaleway.ai/v1	bearer	llm		Scaleway AI		documented			
        sdwebui	sdwebui	openai	http://localhost:7860	none	image	no chat models	SD WebUI		assumed			
        searchapi	searchapi	openai	https://www.searchapi.io/api/v1	bearer	search	no chat models	SearchAPI		assumed			
        searxng	searxng	openai	http://localhost:8888	none	search	no chat models	SearXNG		assumed			
        serper	serper	openai	https://google.serper.dev	x-api-key	search	no chat models	Serper		assumed			
        siliconflow	siliconflow	openai	https://api.siliconflow.cn/v1	bearer	llm		SiliconFlow		documented			
        stability-ai	stability	openai	https://api.stability.ai	bearer	image	no chat models	Stability AI		assumed			
        sumopod	sumopod	openai	https://ai.sumopod.com/v1	bearer	llm		SumoPod		assumed			
        tavily	tavily	openai	https://api.tavily.com	bearer	search,fetch	no chat models	Tavily		assumed			
        together	together	openai	https://api.together.xyz/v1	bearer	llm,embedding		Together AI		documented			
        topaz	topaz	openai	https://api.topazlabs.com/v1	bearer	image	no chat models	Topaz		assumed			
        tortoise	tortoise	openai	http://localhost:5000/api/tts	none	tts	no chat models	Tortoise TTS		assumed			
        uncloseai	uncloseai	openai	https://hermes.ai.unturf.com/v1	none	llm		UncloseAI		assumed			
        vercel-ai-gateway	vercel	openai	https://ai-gateway.vercel.sh/v1	bearer	llm		Vercel AI Gateway		documented			
        vertex	vx	gemini	https://{location}-aiplatform.googleapis.com/v1/projects/{project}/locations/{location}	bearer	llm		Vertex AI		documented	vertex		
        vertex-partner	vxp	anthropic	https://{location}-aiplatform.googleapis.com/v1/projects/{project}/locations/{location}	bearer	llm		Vertex Partner		documented	vertex		
        vllm	vllm	openai	http://localhost:8000/v1	none	llm,embedding		vLLM		documented			
        volcengine-ark	ark	openai	https://ark.cn-beijing.volces.com/api/coding/v3	bearer	llm		Volcengine Ark		documented			
        voyage-ai	voyage	openai	https://api.voyageai.com/v1	bearer	embedding	no chat models	Voyage AI		assumed			
        xai	xai	openai	https://api.x.ai/v1	bearer	llm,search,image		xAI (Grok)		documented			
        xiaomi-mimo	mimo	openai	https://api.xiaomimimo.com/v1	bearer	llm		Xiaomi MiMo		assumed			only
        xiaomi-tokenplan	mmtp	openai	https://token-plan-sgp.xiaomimimo.com/v1	bearer	llm		Xiaomi MiMo Token Plan		assumed			only
        youcom	youcom	openai	https://ydc-index.io/v1	bearer	search	no chat models	You.com Search		assumed			
        """#
    static let models: StaticString = #"""
        alicode	qwen3.5-plus	llm	1000000	65536	Qwen3.5 Plus	tv
        alicode	kimi-k2.5	llm	262144	262144	Kimi K2.5	tv
        alicode	glm-5	llm	200000	128000	GLM 5	t
        alicode	qwen3-coder-plus	llm	1000000	65536	Qwen3 Coder Plus	tv
        alicode-intl	qwen3.5-plus	llm	1000000	65536	Qwen3.5 Plus	tv
        alicode-intl	kimi-k2.5	llm	262144	262144	Kimi K2.5	tv
        alicode-intl	glm-5	llm	200000	128000	GLM 5	t
        alicode-intl	qwen3-coder-plus	llm	1000000	65536	Qwen3 Coder Plus	tv
        anthropic	claude-opus-4-5-20251101	llm	200000	64000	Claude Opus 4.5	tvp
        anthropic	claude-sonnet-4-5-20250929	llm	200000	64000	Claude Sonnet 4.5	tvp
        anthropic	claude-haiku-4-5-20251001	llm	200000	64000	Claude Haiku 4.5	tvp
        anthropic	claude-sonnet-4-20250514	llm	200000	64000	Claude Sonnet 4	tvp
        anthropic	claude-opus-4-20250514	llm	200000	64000	Claude Opus 4	tvp
        anthropic	claude-3-5-sonnet-20241022	llm	200000	64000	Claude 3.5 Sonnet	tvp
        antigravity	claude-opus-4-6-thinking	llm	200000	64000	Claude Opus 4.6 (Thinking)	tv
        antigravity	claude-sonnet-4-6	llm	1000000	128000	Claude Sonnet 4.6	tv
        antigravity	gemini-3.5-flash-low	llm	1048576	65536	Gemini 3.5 Flash (Low)	tva
        antigravity	gemini-3.5-flash-medium	llm	1048576	65536	Gemini 3.5 Flash (Medium)	tva
        antigravity	gemini-3.5-flash-high	llm	1048576	65536	Gemini 3.5 Flash (High)	tva
        antigravity	gemini-3.1-pro-high	llm	1048576	65535	Gemini 3.1 Pro (High)	tva
        antigravity	gemini-3.1-pro-low	llm	1048576	65535	Gemini 3.1 Pro (Low)	tva
        antigravity	gemini-3-pro-preview	llm	1048576	65535	Gemini3.1 Pro	tva
        antigravity	gemini-3.1-flash-lite	llm	1048576	65536	Gemini 3.1 Flash Lite	tva
        antigravity	gemini-2.5-pro	llm	1048576	65536	Gemini 2.5 Pro	tva
        antigravity	gemini-2.5-flash	llm	1048576	65536	Gemini 2.5 Flash	tva
        antigravity	gemini-2.5-flash-lite	llm	1048576	65536	Gemini 2.5 Flash Lite	tva
        antigravity	gpt-oss-120b-medium	llm	128000	64000	GPT-OSS 120B (Medium)	t
        assemblyai	universal-3-pro	stt			Universal 3 Pro	-
        assemblyai	universal-2	stt			Universal 2	-
        black-forest-labs	flux-pro-1.1	image			FLUX Pro 1.1	-
        black-forest-labs	flux-pro	image			FLUX Pro	-
        black-forest-labs	flux-dev	image			FLUX Dev	-
        blackbox	gpt-4o	llm	128000	16384	GPT-4o	tv
        blackbox	claude-sonnet-4.6	llm	1000000	128000	Claude Sonnet 4.6	tv
        blackbox	deepseek-chat	llm	128000	64000	DeepSeek Chat	t
        blackbox	deepseek-r1	llm	128000	64000	DeepSeek R1	t
        blackbox	gemini-3-flash-preview	llm	1048576	65536	Gemini 3 Flash Preview	tva
        blackbox	qwen3-max	llm	1000000	65536	Qwen3 Max	tv
        brave-search	brave-search	search			Brave Search	-
        byteplus	seed-2-0-pro-260328	llm	200000	64000	Seed 2.0 Pro	t
        byteplus	kimi-k2-thinking-251104	llm	262144	262144	Kimi K2 Thinking	tv
        byteplus	glm-4-7-251222	llm	200000	64000	GLM 4.7	t
        cerebras	gpt-oss-120b	llm	128000	64000	GPT OSS 120B	t
        cerebras	zai-glm-4.7	llm	200000	128000	ZAI GLM 4.7	t
        cerebras	llama-3.3-70b	llm	128000	64000	Llama 3.3 70B	t
        cerebras	qwen-3-235b-a22b-instruct-2507	llm	262144	64000	Qwen3 235B A22B	t
        cerebras	qwen-3-32b	llm	262144	64000	Qwen3 32B	t
        chutes	deepseek-ai/DeepSeek-V3.2	llm	128000	64000	DeepSeek V3.2	t
        chutes	Qwen/Qwen3-235B	llm	262144	64000	Qwen3 235B	t
        cline	anthropic/claude-opus-4.7	llm	1000000	128000	Claude Opus 4.7	tv
        cline	anthropic/claude-sonnet-4.6	llm	1000000	128000	Claude Sonnet 4.6	tv
        cline	anthropic/claude-opus-4.6	llm	1000000	128000	Claude Opus 4.6	tv
        cline	openai/gpt-5.3-codex	llm	400000	128000	GPT-5.3 Codex	t
        cline	openai/gpt-5.4	llm	400000	128000	GPT-5.4	tv
        cline	google/gemini-3.1-pro-preview	llm	1048576	65535	Gemini 3.1 Pro Preview	tva
        cline	google/gemini-3.1-flash-lite-preview	llm	1048576	65536	Gemini 3.1 Flash Lite Preview	tva
        cline	kwaipilot/kat-coder-pro	llm	200000	64000	KAT Coder Pro	t
        cloudflare-ai	@cf/meta/llama-3.2-1b-instruct	llm	128000	64000	Llama 3.2 1B Instruct	t
        cloudflare-ai	@cf/meta/llama-3.2-3b-instruct	llm	128000	64000	Llama 3.2 3B Instruct	t
        cloudflare-ai	@cf/meta/llama-3.1-8b-instruct-fp8-fast	llm	128000	64000	Llama 3.1 8B Instruct (Fast)	t
        cloudflare-ai	@cf/meta/llama-3.1-8b-instruct-awq	llm	128000	64000	Llama 3.1 8B Instruct (AWQ)	t
        cloudflare-ai	@cf/meta/llama-3.1-70b-instruct-fp8-fast	llm	128000	64000	Llama 3.1 70B Instruct (Fast)	t
        cloudflare-ai	@cf/meta/llama-3.3-70b-instruct-fp8-fast	llm	128000	64000	Llama 3.3 70B Instruct (Fast)	t
        cloudflare-ai	@cf/mistralai/mistral-small-3.1-24b-instruct	llm	128000	64000	Mistral Small 3.1 24B	t
        cloudflare-ai	@cf/deepseek-ai/deepseek-r1-distill-qwen-32b	llm	262144	64000	DeepSeek R1 Distill Qwen 32B	t
        cloudflare-ai	@cf/moonshotai/kimi-k2.5	llm	262144	262144	Kimi K2.5	tv
        cloudflare-ai	@cf/zai-org/glm-4.7-flash	llm	200000	128000	GLM 4.7 Flash	t
        cloudflare-ai	@cf/qwen/qwq-32b	llm	131072	64000	QwQ 32B	t
        cloudflare-ai	@cf/qwen/qwen2.5-coder-32b-instruct	llm	1000000	64000	Qwen 2.5 Coder 32B	t
        cloudflare-ai	@cf/black-forest-labs/flux-1-schnell	image			FLUX.1 Schnell	-
        cloudflare-ai	@cf/stabilityai/stable-diffusion-xl-base-1.0	image			Stable Diffusion XL	-
        codebuddy	glm-5.2	llm	1000000	48000	GLM-5.2	t
        codebuddy	glm-5.1	llm	200000	48000	GLM-5.1	t
        codebuddy	glm-5.0	llm	200000	48000	GLM-5.0	t
        codebuddy	glm-5.0-turbo	llm	200000	48000	GLM-5.0-Turbo	t
        codebuddy	glm-5v-turbo	llm	200000	38000	GLM-5v-Turbo	tv
        codebuddy	glm-4.7	llm	200000	48000	GLM-4.7	t
        codebuddy	minimax-m3	llm	512000	48000	MiniMax-M3	tv
        codebuddy	minimax-m2.7	llm	200000	48000	MiniMax-M2.7	tv
        codebuddy	kimi-k2.7	llm	256000	32000	Kimi-K2.7-Code	tv
        codebuddy	kimi-k2.6	llm	256000	32000	Kimi-K2.6	tv
        codebuddy	kimi-k2.5	llm	164000	32000	Kimi-K2.5	tv
        codebuddy	hy3-preview	llm	192000	64000	Hy3 Preview	tv
        codebuddy	deepseek-v4-pro	llm	1000000	50000	DeepSeek-V4-Pro	tv
        codebuddy	deepseek-v4-flash	llm	1000000	50000	DeepSeek-V4-Flash	tv
        codebuddy	deepseek-v3-2-volc	llm	96000	32000	DeepSeek-V3.2	t
        codex	gpt-5.5	llm	400000	128000	GPT-5.5	tv
        codex	gpt-5.4	llm	400000	128000	GPT-5.4	tv
        codex	gpt-5.2	llm	400000	128000	GPT-5.2	tv
        codex	gpt-5.1	llm	400000	128000	GPT-5.1	tv
        codex	gpt-5.3-codex	llm	400000	128000	GPT-5.3 Codex	t
        codex	gpt-5.3-codex-xhigh	llm	400000	128000	GPT-5.3 Codex (xHigh)	t
        codex	gpt-5.3-codex-high	llm	400000	128000	GPT-5.3 Codex (High)	t
        codex	gpt-5.3-codex-low	llm	400000	128000	GPT-5.3 Codex (Low)	t
        codex	gpt-5.3-codex-none	llm	400000	128000	GPT-5.3 Codex (None)	t
        codex	gpt-5.3-codex-spark	llm	400000	128000	GPT-5.3 Codex (Spark)	t
        codex	gpt-5.2-codex	llm	400000	128000	GPT-5.2 Codex	t
        codex	gpt-5.1-codex-max	llm	400000	128000	GPT-5.1 Codex Max	t
        codex	gpt-5.1-codex	llm	400000	128000	GPT-5.1 Codex	t
        codex	gpt-5.1-codex-mini	llm	400000	128000	GPT-5.1 Codex Mini	t
        codex	gpt-5.1-codex-mini-high	llm	400000	128000	GPT-5.1 Codex Mini (High)	t
        codex	gpt-5-codex	llm	400000	128000	GPT-5 Codex	t
        codex	gpt-5-codex-mini	llm	400000	128000	GPT-5 Codex Mini	t
        codex	gpt-5.5-image	image			GPT-5.5 Image	-
        codex	gpt-5.4-image	image			GPT-5.4 Image	-
        codex	gpt-5.3-image	image			GPT-5.3 Image	-
        codex	gpt-5.2-image	image			GPT-5.2 Image	-
        cohere	command-a-03-2025	llm	128000	64000	Command A	t
        cohere	command-r-plus-08-2024	llm	128000	64000	Command R+	t
        cohere	command-r-08-2024	llm	128000	64000	Command R	t
        commandcode	deepseek/deepseek-v4-pro	llm	1000000	384000	DeepSeek V4 Pro	t
        commandcode	deepseek/deepseek-v4-flash	llm	1000000	384000	DeepSeek V4 Flash	t
        commandcode	moonshotai/Kimi-K2.6	llm	262144	262144	Kimi K2.6	tv
        commandcode	moonshotai/Kimi-K2.5	llm	262144	262144	Kimi K2.5	tv
        commandcode	zai-org/GLM-5.1	llm	200000	128000	GLM 5.1	t
        commandcode	zai-org/GLM-5	llm	200000	128000	GLM 5	t
        commandcode	MiniMaxAI/MiniMax-M2.7	llm	204800	131072	MiniMax M2.7	t
        commandcode	MiniMaxAI/MiniMax-M2.5	llm	200000	131072	MiniMax M2.5	t
        commandcode	Qwen/Qwen3.6-Max-Preview	llm	1000000	65536	Qwen 3.6 Max Preview	tv
        commandcode	Qwen/Qwen3.6-Plus	llm	1000000	65536	Qwen 3.6 Plus	tv
        commandcode	stepfun/Step-3.5-Flash	llm	128000	64000	Step 3.5 Flash	t
        cursor	default	llm	200000	64000	Auto (Server Picks)	t
        cursor	claude-4.5-opus-high-thinking	llm	200000	64000	Claude 4.5 Opus High Thinking	tv
        cursor	claude-4.5-opus-high	llm	200000	64000	Claude 4.5 Opus High	tv
        cursor	claude-4.5-sonnet-thinking	llm	200000	64000	Claude 4.5 Sonnet Thinking	tv
        cursor	claude-4.5-sonnet	llm	200000	64000	Claude 4.5 Sonnet	tv
        cursor	claude-4.5-haiku	llm	200000	64000	Claude 4.5 Haiku	tv
        cursor	claude-4.5-opus	llm	200000	64000	Claude 4.5 Opus	tv
        cursor	gpt-5.2-codex	llm	400000	128000	GPT 5.2 Codex	t
        cursor	claude-4.6-opus-max	llm	200000	64000	Claude 4.6 Opus Max	tv
        cursor	claude-4.6-sonnet-medium-thinking	llm	200000	64000	Claude 4.6 Sonnet Medium Thinking	tv
        cursor	kimi-k2.5	llm	262144	262144	Kimi K2.5	tv
        cursor	gemini-3-flash-preview	llm	1048576	65536	Gemini 3 Flash Preview	tva
        cursor	gpt-5.2	llm	400000	128000	GPT 5.2	tv
        cursor	gpt-5.3-codex	llm	400000	128000	GPT 5.3 Codex	t
        deepgram	nova-3	stt			Nova 3	-
        deepgram	nova-2	stt			Nova 2	-
        deepgram	whisper-large	stt			Whisper Large	-
        deepseek	deepseek-v4-pro	llm	1000000	384000	DeepSeek V4 Pro	t
        deepseek	deepseek-v4-pro-max	llm	1000000	384000	DeepSeek V4 Pro Max	t
        deepseek	deepseek-v4-pro-none	llm	1000000	384000	DeepSeek V4 Pro No Thinking	t
        deepseek	deepseek-v4-flash	llm	1000000	384000	DeepSeek V4 Flash	t
        deepseek	deepseek-chat	llm	128000	64000	DeepSeek V3.2 Chat	t
        deepseek	deepseek-reasoner	llm	128000	64000	DeepSeek V3.2 Reasoner	t
        elevenlabs	eleven_multilingual_v2	tts			Eleven Multilingual v2	-
        elevenlabs	eleven_turbo_v2_5	tts			Eleven Turbo v2.5	-
        exa	exa-search	search			Exa Search	-
        exa	exa-contents	fetch			Exa Contents	-
        fal-ai	fal-ai/flux/schnell	image			FLUX Schnell	-
        fal-ai	fal-ai/flux/dev	image			FLUX Dev	-
        fal-ai	fal-ai/flux-pro/v1.1	image			FLUX Pro v1.1	-
        firecrawl	firecrawl-scrape	fetch			Firecrawl Scrape	-
        fireworks	accounts/fireworks/models/deepseek-v3p1	llm	128000	64000	DeepSeek V3.1	t
        fireworks	accounts/fireworks/models/llama-v3p3-70b-instruct	llm	128000	64000	Llama 3.3 70B	t
        fireworks	accounts/fireworks/models/qwen3-235b-a22b	llm	262144	64000	Qwen3 235B	t
        fireworks	nomic-ai/nomic-embed-text-v1.5	embedding			Nomic Embed Text v1.5	-
        gemini	gemini-3.1-pro-preview	llm	1048576	65535	Gemini 3.1 Pro Preview	tva
        gemini	gemini-3-flash-preview	llm	1048576	65536	Gemini 3 Flash Preview	tva
        gemini	gemini-2.5-pro	llm	1048576	65536	Gemini 2.5 Pro	tva
        gemini	gemini-2.5-flash	llm	1048576	65536	Gemini 2.5 Flash	tva
        gemini	gemini-embedding-001	embedding			Gemini Embedding 001	-
        gemini	text-embedding-004	embedding			Text Embedding 004	-
        gemini	gemini-2.5-flash-image	image			Gemini 2.5 Flash Image (Nano Banana)	-
        gemini	gemini-2.5-pro-preview-tts	tts			Gemini 2.5 Pro TTS	-
        gemini-cli	gemini-3-flash-preview	llm	1048576	65536	Gemini 3 Flash Preview	tva
        gemini-cli	gemini-3-pro-preview	llm	1048576	65535	Gemini 3 Pro Preview	tva
        glm	glm-5.1	llm	200000	128000	GLM 5.1	t
        glm	glm-5	llm	200000	128000	GLM 5	t
        glm	glm-4.7	llm	200000	128000	GLM 4.7	t
        glm	glm-4.6v	llm	128000	64000	GLM 4.6V (Vision)	tv
        glm-cn	glm-5.1	llm	200000	128000	GLM 5.1	t
        glm-cn	glm-5	llm	200000	128000	GLM 5	t
        glm-cn	glm-4.7	llm	200000	128000	GLM-4.7	t
        glm-cn	glm-4.6	llm	200000	64000	GLM-4.6	t
        glm-cn	glm-4.5-air	llm	200000	64000	GLM-4.5-Air	t
        groq	llama-3.3-70b-versatile	llm	128000	64000	Llama 3.3 70B	t
        groq	meta-llama/llama-4-maverick-17b-128e-instruct	llm	1000000	64000	Llama 4 Maverick	tv
        groq	qwen/qwen3-32b	llm	262144	64000	Qwen3 32B	t
        groq	openai/gpt-oss-120b	llm	128000	64000	GPT-OSS 120B	t
        groq	whisper-large-v3	stt			Whisper Large v3	-
        groq	whisper-large-v3-turbo	stt			Whisper Large v3 Turbo	-
        groq	distil-whisper-large-v3-en	stt			Distil Whisper Large v3 EN	-
        hyperbolic	Qwen/QwQ-32B	llm	131072	64000	QwQ 32B	t
        hyperbolic	deepseek-ai/DeepSeek-R1	llm	128000	64000	DeepSeek R1	t
        hyperbolic	meta-llama/Llama-3.3-70B-Instruct	llm	128000	64000	Llama 3.3 70B	t
        inworld	inworld-tts-1.5-mini	tts			Inworld TTS 1.5 Mini	-
        inworld	inworld-tts-1.5-max	tts			Inworld TTS 1.5 Max	-
        jina-ai	jina-embeddings-v3	embedding			Jina Embeddings v3	-
        jina-ai	jina-embeddings-v2-base-code	embedding			Jina Embeddings v2 Base Code	-
        jina-reader	jina-reader	fetch			Jina Reader	-
        kilocode	anthropic/claude-sonnet-4-20250514	llm	200000	64000	Claude Sonnet 4	tv
        kilocode	anthropic/claude-opus-4-20250514	llm	200000	64000	Claude Opus 4	tv
        kilocode	google/gemini-2.5-pro	llm	1048576	65536	Gemini 2.5 Pro	tva
        kilocode	google/gemini-2.5-flash	llm	1048576	65536	Gemini 2.5 Flash	tva
        kilocode	openai/gpt-4.1	llm	1000000	32768	GPT-4.1	tv
        kilocode	openai/o3	llm	200000	100000	o3	tv
        kilocode	deepseek/deepseek-chat	llm	128000	64000	DeepSeek Chat	t
        kilocode	deepseek/deepseek-reasoner	llm	128000	64000	DeepSeek Reasoner	t
        kimchi	minimax-m3	llm	1048576	512000	MiniMax-M3	tv
        kimchi	kimi-k2.7	llm	262144	262144	Kimi-K2.7	tv
        kimchi	kimi-k2.6	llm	262144	262144	Kimi-K2.6	tv
        kimchi	kimi-k2.5	llm	164000	262144	Kimi-K2.5	tv
        kimchi	nemotron-3-ultra-fp4	llm	128000	64000	Nemotron 3 Ultra FP4	t
        kimchi	minimax-m2.7	llm	204800	131072	MiniMax-M2.7	t
        kimchi	claude-opus-4-6	llm	1000000	128000	Claude Opus 4.6	tv
        kimchi	claude-sonnet-4-6	llm	1000000	128000	Claude Sonnet 4.6	tv
        kimi	kimi-k2.6	llm	262144	262144	Kimi K2.6	tv
        kimi	kimi-k2.5	llm	262144	262144	Kimi K2.5	tv
        kimi	kimi-k2.5-thinking	llm	262144	262144	Kimi K2.5 Thinking	tv
        kimi	kimi-latest	llm	262144	64000	Kimi Latest	t
        kiro	auto	llm	200000	64000	Kiro Auto	t
        kiro	auto-thinking	llm	200000	64000	Kiro Auto (Thinking)	t
        kiro	claude-sonnet-5	llm	200000	64000	Kiro Claude Sonnet 5	tv
        kiro	claude-sonnet-5-thinking	llm	200000	64000	Kiro Claude Sonnet 5 (Thinking)	tv
        kiro	claude-sonnet-5-agentic	llm	200000	64000	Kiro Claude Sonnet 5 (Agentic)	tv
        kiro	claude-sonnet-5-thinking-agentic	llm	200000	64000	Kiro Claude Sonnet 5 (Thinking + Agentic)	tv
        kiro	claude-sonnet-4.5	llm	200000	64000	Kiro Claude Sonnet 4.5	tv
        kiro	claude-sonnet-4.5-thinking	llm	200000	64000	Kiro Claude Sonnet 4.5 (Thinking)	tv
        kiro	claude-sonnet-4.5-agentic	llm	200000	64000	Kiro Claude Sonnet 4.5 (Agentic)	tv
        kiro	claude-sonnet-4.5-thinking-agentic	llm	200000	64000	Kiro Claude Sonnet 4.5 (Thinking + Agentic)	tv
        kiro	claude-haiku-4.5	llm	200000	64000	Kiro Claude Haiku 4.5	tv
        kiro	claude-haiku-4.5-thinking	llm	200000	64000	Kiro Claude Haiku 4.5 (Thinking)	tv
        kiro	claude-haiku-4.5-agentic	llm	200000	64000	Kiro Claude Haiku 4.5 (Agentic)	tv
        kiro	claude-haiku-4.5-thinking-agentic	llm	200000	64000	Kiro Claude Haiku 4.5 (Thinking + Agentic)	tv
        kiro	claude-sonnet-4.6	llm	1000000	128000	Kiro Claude Sonnet 4.6	tv
        kiro	claude-sonnet-4.6-thinking	llm	200000	64000	Kiro Claude Sonnet 4.6 (Thinking)	tv
        kiro	claude-sonnet-4.6-agentic	llm	200000	64000	Kiro Claude Sonnet 4.6 (Agentic)	tv
        kiro	claude-sonnet-4.6-thinking-agentic	llm	200000	64000	Kiro Claude Sonnet 4.6 (Thinking + Agentic)	tv
        kiro	claude-opus-4.5	llm	200000	64000	Kiro Claude Opus 4.5	tv
        kiro	claude-opus-4.5-thinking	llm	200000	64000	Kiro Claude Opus 4.5 (Thinking)	tv
        kiro	claude-opus-4.5-agentic	llm	200000	64000	Kiro Claude Opus 4.5 (Agentic)	tv
        kiro	claude-opus-4.5-thinking-agentic	llm	200000	64000	Kiro Claude Opus 4.5 (Thinking + Agentic)	tv
        kiro	claude-opus-4.6	llm	1000000	128000	Kiro Claude Opus 4.6	tv
        kiro	claude-opus-4.6-thinking	llm	200000	64000	Kiro Claude Opus 4.6 (Thinking)	tv
        kiro	claude-opus-4.6-agentic	llm	200000	64000	Kiro Claude Opus 4.6 (Agentic)	tv
        kiro	claude-opus-4.6-thinking-agentic	llm	200000	64000	Kiro Claude Opus 4.6 (Thinking + Agentic)	tv
        kiro	claude-sonnet-4.7	llm	200000	64000	Kiro Claude Sonnet 4.7	tv
        kiro	claude-sonnet-4.7-thinking	llm	200000	64000	Kiro Claude Sonnet 4.7 (Thinking)	tv
        kiro	claude-sonnet-4.7-agentic	llm	200000	64000	Kiro Claude Sonnet 4.7 (Agentic)	tv
        kiro	claude-sonnet-4.7-thinking-agentic	llm	200000	64000	Kiro Claude Sonnet 4.7 (Thinking + Agentic)	tv
        kiro	claude-opus-4.7	llm	1000000	128000	Kiro Claude Opus 4.7	tv
        kiro	claude-opus-4.7-thinking	llm	200000	64000	Kiro Claude Opus 4.7 (Thinking)	tv
        kiro	claude-opus-4.7-agentic	llm	200000	64000	Kiro Claude Opus 4.7 (Agentic)	tv
        kiro	claude-opus-4.7-thinking-agentic	llm	200000	64000	Kiro Claude Opus 4.7 (Thinking + Agentic)	tv
        kiro	claude-sonnet-4.8	llm	200000	64000	Kiro Claude Sonnet 4.8	tv
        kiro	claude-sonnet-4.8-thinking	llm	200000	64000	Kiro Claude Sonnet 4.8 (Thinking)	tv
        kiro	claude-sonnet-4.8-agentic	llm	200000	64000	Kiro Claude Sonnet 4.8 (Agentic)	tv
        kiro	claude-sonnet-4.8-thinking-agentic	llm	200000	64000	Kiro Claude Sonnet 4.8 (Thinking + Agentic)	tv
        kiro	claude-opus-4.8	llm	1000000	128000	Kiro Claude Opus 4.8	tv
        kiro	claude-opus-4.8-thinking	llm	1000000	128000	Kiro Claude Opus 4.8 (Thinking)	tv
        kiro	claude-opus-4.8-agentic	llm	200000	64000	Kiro Claude Opus 4.8 (Agentic)	tv
        kiro	claude-opus-4.8-thinking-agentic	llm	200000	64000	Kiro Claude Opus 4.8 (Thinking + Agentic)	tv
        kiro	gpt-5.6-sol	llm	400000	128000	Kiro GPT 5.6 Sol	tv
        kiro	gpt-5.6-sol-thinking	llm	400000	128000	Kiro GPT 5.6 Sol (Thinking)	tv
        kiro	gpt-5.6-sol-agentic	llm	400000	128000	Kiro GPT 5.6 Sol (Agentic)	tv
        kiro	gpt-5.6-sol-thinking-agentic	llm	400000	128000	Kiro GPT 5.6 Sol (Thinking + Agentic)	tv
        kiro	gpt-5.6-terra	llm	400000	128000	Kiro GPT 5.6 Terra	tv
        kiro	gpt-5.6-terra-thinking	llm	400000	128000	Kiro GPT 5.6 Terra (Thinking)	tv
        kiro	gpt-5.6-terra-agentic	llm	400000	128000	Kiro GPT 5.6 Terra (Agentic)	tv
        kiro	gpt-5.6-terra-thinking-agentic	llm	400000	128000	Kiro GPT 5.6 Terra (Thinking + Agentic)	tv
        kiro	gpt-5.6-luna	llm	400000	128000	Kiro GPT 5.6 Luna	tv
        kiro	gpt-5.6-luna-thinking	llm	400000	128000	Kiro GPT 5.6 Luna (Thinking)	tv
        kiro	gpt-5.6-luna-agentic	llm	400000	128000	Kiro GPT 5.6 Luna (Agentic)	tv
        kiro	gpt-5.6-luna-thinking-agentic	llm	400000	128000	Kiro GPT 5.6 Luna (Thinking + Agentic)	tv
        kiro	deepseek-3.2	llm	128000	64000	Kiro DeepSeek 3.2	t
        kiro	qwen3-coder-next	llm	1000000	64000	Kiro Qwen3 Coder Next	t
        kiro	glm-5	llm	200000	128000	Kiro GLM 5	t
        kiro	MiniMax-M2.5	llm	200000	131072	Kiro MiniMax M2.5	t
        mimo-free	mimo-auto	llm	262144	131072	MiMo Auto	tv
        minimax	MiniMax-M3	llm	1048576	512000	MiniMax M3	tv
        minimax	MiniMax-M2.7	llm	204800	131072	MiniMax M2.7	t
        minimax	MiniMax-M2.5	llm	200000	131072	MiniMax M2.5	t
        minimax	MiniMax-M2.1	llm	200000	131072	MiniMax M2.1	t
        minimax	minimax-image-01	image			MiniMax Image 01	-
        minimax-cn	MiniMax-M2.7	llm	204800	131072	MiniMax M2.7	t
        minimax-cn	MiniMax-M2.5	llm	200000	131072	MiniMax M2.5	t
        minimax-cn	MiniMax-M2.1	llm	200000	131072	MiniMax M2.1	t
        mistral	mistral-large-latest	llm	256000	64000	Mistral Large 3	tv
        mistral	codestral-latest	llm	256000	64000	Codestral	t
        mistral	mistral-medium-latest	llm	128000	64000	Mistral Medium 3	t
        mistral	mistral-embed	embedding			Mistral Embed	-
        nanobanana	nanobanana-flash	image			NanoBanana Flash	-
        nanobanana	nanobanana-pro	image			NanoBanana Pro	-
        nebius	meta-llama/Llama-3.3-70B-Instruct	llm	128000	64000	Llama 3.3 70B Instruct	t
        nebius	Qwen/Qwen3-Embedding-8B	embedding			Qwen3 Embedding 8B	-
        nvidia	minimaxai/minimax-m2.7	llm	204800	131072	MiniMax M2.7	t
        nvidia	minimaxai/minimax-m3	llm	1048576	512000	MiniMax M3	tv
        nvidia	z-ai/glm-5.2	llm	200000	128000	GLM 5.2	t
        nvidia	z-ai/glm4.7	llm	200000	64000	GLM 4.7	t
        nvidia	deepseek-ai/deepseek-v4-pro	llm	1000000	384000	DeepSeek V4 Pro	t
        nvidia	deepseek-ai/deepseek-v4-flash	llm	1000000	384000	DeepSeek V4 Flash	t
        nvidia	moonshotai/kimi-k2.6	llm	262144	262144	Kimi K2.6	tv
        nvidia	nvidia/nemotron-3-ultra-550b-a55b	llm	128000	64000	Nemotron 3 Ultra	t
        nvidia	nvidia/nv-embedqa-e5-v5	embedding			NV EmbedQA E5 v5	-
        nvidia	nvidia/parakeet-ctc-1.1b-asr	stt			Parakeet CTC 1.1B	-
        nvidia	fastpitch	tts			FastPitch	-
        nvidia	tacotron2	tts			Tacotron2	-
        ollama	gpt-oss:120b	llm	128000	64000	GPT OSS 120B	t
        ollama	kimi-k2.5	llm	262144	262144	Kimi K2.5	tv
        ollama	glm-5	llm	200000	128000	GLM 5	t
        ollama	qwen3.5	llm	262144	64000	Qwen3.5	t
        ollama-local	llama3.2	llm	128000	64000	Llama 3.2	t
        ollama-local	qwen2.5-coder	llm	1000000	64000	Qwen 2.5 Coder	t
        openai	gpt-5.4	llm	400000	128000	GPT-5.4	tv
        openai	gpt-5.4-mini	llm	400000	128000	GPT-5.4 Mini	tv
        openai	gpt-5.2	llm	400000	128000	GPT-5.2	tv
        openai	gpt-5	llm	400000	128000	GPT-5	tv
        openai	gpt-5-mini	llm	400000	128000	GPT-5 Mini	tv
        openai	gpt-4o	llm	128000	16384	GPT-4o	tv
        openai	gpt-4o-mini	llm	128000	16384	GPT-4o Mini	tv
        openai	gpt-4.1	llm	1000000	32768	GPT-4.1	tv
        openai	o3	llm	200000	100000	o3	tv
        openai	o3-mini	llm	200000	100000	o3 Mini	tv
        openai	o1	llm	200000	100000	o1	tv
        openai	text-embedding-3-large	embedding			Text Embedding 3 Large	-
        openai	text-embedding-3-small	embedding			Text Embedding 3 Small	-
        openai	text-embedding-ada-002	embedding			Text Embedding Ada 002	-
        openai	tts-1	tts			TTS-1	-
        openai	tts-1-hd	tts			TTS-1 HD	-
        openai	gpt-4o-mini-tts	tts			GPT-4o Mini TTS	-
        openai	whisper-1	stt			Whisper 1	-
        openai	gpt-4o-transcribe	stt			GPT-4o Transcribe	-
        openai	gpt-4o-mini-transcribe	stt			GPT-4o Mini Transcribe	-
        openai	gpt-image-1	image			GPT Image 1	-
        openai	dall-e-3	image			DALL-E 3	-
        openai	dall-e-2	image			DALL-E 2	-
        opencode-go	kimi-k2.6	llm	262144	262144	Kimi K2.6	tv
        opencode-go	glm-5.1	llm	200000	128000	GLM 5.1	t
        opencode-go	qwen3.6-plus	llm	1000000	65536	Qwen 3.6 Plus	tv
        perplexity	sonar-pro	llm	128000	64000	Sonar Pro	t
        perplexity	sonar	llm	128000	64000	Sonar	t
        qoder	auto	llm	200000	64000	Auto	t
        qoder	ultimate	llm	200000	64000	Ultimate	tv
        qoder	performance	llm	200000	64000	Performance	t
        qoder	efficient	llm	200000	64000	Efficient	t
        qoder	lite	llm	128000	64000	Lite	t
        qoder	qmodel	llm	200000	64000	Q Model	t
        qoder	qmodel_latest	llm	200000	64000	Q Model (Latest)	t
        qoder	dmodel	llm	128000	64000	D Model	t
        qoder	dfmodel	llm	128000	64000	DF Model	t
        qoder	gm51model	llm	200000	64000	GM 5.1 Model	tv
        qoder	kmodel	llm	200000	64000	K Model	t
        qoder	mmodel	llm	200000	64000	M Model	t
        searxng	searxng-search	search			SearXNG Search	-
        serper	serper-search	search			Serper Search	-
        siliconflow	deepseek-ai/DeepSeek-V3.2	llm	128000	64000	DeepSeek V3.2	t
        siliconflow	Qwen/Qwen3-235B-A22B-Instruct-2507	llm	262144	64000	Qwen3 235B	t
        siliconflow	moonshotai/Kimi-K2.5	llm	262144	262144	Kimi K2.5	tv
        siliconflow	zai-org/GLM-4.7	llm	200000	128000	GLM 4.7	t
        siliconflow	openai/gpt-oss-120b	llm	128000	64000	GPT OSS 120B	t
        stability-ai	stable-image-ultra	image			Stable Image Ultra	-
        stability-ai	stable-image-core	image			Stable Image Core	-
        stability-ai	sd3.5-large	image			Stable Diffusion 3.5 Large	-
        tavily	tavily-search	search			Tavily Search	-
        tavily	tavily-extract	fetch			Tavily Extract	-
        together	meta-llama/Llama-3.3-70B-Instruct-Turbo	llm	128000	64000	Llama 3.3 70B Turbo	t
        together	deepseek-ai/DeepSeek-R1	llm	128000	64000	DeepSeek R1	t
        together	Qwen/Qwen3-235B-A22B	llm	262144	64000	Qwen3 235B	t
        together	BAAI/bge-large-en-v1.5	embedding			BGE Large EN v1.5	-
        together	togethercomputer/m2-bert-80M-8k-retrieval	embedding			M2 BERT 80M 8K	-
        volcengine-ark	Doubao-Seed-2.0-pro	llm	200000	64000	Doubao Seed 2.0 Pro	t
        volcengine-ark	DeepSeek-V4-Pro	llm	1000000	384000	DeepSeek V4 Pro	t
        volcengine-ark	GLM-5.1	llm	200000	128000	GLM 5.1	t
        volcengine-ark	Kimi-K2.6	llm	262144	262144	Kimi K2.6	tv
        voyage-ai	voyage-3-large	embedding			Voyage 3 Large	-
        voyage-ai	voyage-3.5	embedding			Voyage 3.5	-
        voyage-ai	voyage-code-3	embedding			Voyage Code 3	-
        xai	grok-4	llm	256000	64000	Grok 4	tv
        xai	grok-4-fast-reasoning	llm	256000	64000	Grok 4 Fast Reasoning	tv
        xai	grok-code-fast-1	llm	256000	64000	Grok Code Fast	t
        xai	grok-3	llm	131072	64000	Grok 3	tv
        xai	grok-2-image-1212	image			Grok 2 Image	-
        xiaomi-mimo	mimo-v2.5-pro	llm	1048576	131072	MiMo V2.5 Pro	tv
        xiaomi-mimo	mimo-v2.5	llm	1048576	131072	MiMo V2.5	tv
        xiaomi-mimo	mimo-v2-omni	llm	262144	131072	MiMo V2 Omni	tva
        xiaomi-mimo	mimo-v2-flash	llm	262144	131072	MiMo V2 Flash	tv
        xiaomi-tokenplan	mimo-v2.5-pro	llm	1048576	131072	MiMo V2.5 Pro	tv
        xiaomi-tokenplan	mimo-v2.5	llm	1048576	131072	MiMo V2.5	tv
        xiaomi-tokenplan	mimo-v2-pro	llm	262144	131072	MiMo V2 Pro	tv
        xiaomi-tokenplan	mimo-v2-omni	llm	262144	131072	MiMo V2 Omni	tva
        xiaomi-tokenplan	mimo-v2-tts	tts			MiMo V2 TTS	-
        xiaomi-tokenplan	mimo-v2.5-tts	tts			MiMo V2.5 TTS	-
        xiaomi-tokenplan	mimo-v2.5-tts-voiceclone	tts			MiMo V2.5 TTS Voice Clone	-
        xiaomi-tokenplan	mimo-v2.5-tts-voicedesign	tts			MiMo V2.5 TTS Voice Design	-
        """#
}
