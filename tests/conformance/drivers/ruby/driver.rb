# frozen_string_literal: true

# Runs the real AWS SDK for Ruby on set-ups: one JSON set-up a line in, one JSON verdict a line out.
#
# The SDK is loaded once; every set-up is judged in a forked child whose environment is exactly the
# set-up's. Arguments: folders for the front of the load path (a checkout's lib folders).
# Requests to AWS go to the stand-ins on this host that AWS_ENDPOINT_URL_STS, _SSO and _SSO_OIDC of
# the set-up name, whatever the release knows of these variables; every other host but this one
# refuses. Pauses between tries are taken out.

ARGV.reverse_each { |folder| $LOAD_PATH.unshift(folder) }

require 'json'
require 'net/http'
require 'aws-sdk-core'

# Loaded here, not once in every child.
[Aws::STS::Client, Aws::SSO::Client, Aws::SSOOIDC::Client].each do |client|
  client.new(region: 'eu-west-1', credentials: Aws::Credentials.new('x', 'y'), endpoint: 'http://127.0.0.1:9')
end
[Aws::ParamValidator, Aws::ParamConverter, Aws::Xml::Parser, Aws::SSOTokenProvider, Aws::CredentialProviderChain,
 Aws::InstanceProfileCredentials, Aws::ECSCredentials, Aws::ProcessCredentials, Aws::SharedCredentials,
 Aws::AssumeRoleCredentials, Aws::AssumeRoleWebIdentityCredentials, Aws::SSOCredentials].each(&:name)

STAND_INS = {} # filled in the child
FIRST_PORT_RESPECTED = Gem::Version.new('3.191.5')
PORT_IGNORED = Gem::Version.new(Aws::CORE_GEM_VERSION) < FIRST_PORT_RESPECTED

# Where connections really go.
module Reroute
  LOCAL = /\A(127\.|::1\z|\[::1\]\z|localhost\z)/

  def connect
    service = { 'sts' => :sts, 'portal' => :sso, 'oidc' => :oidc }[@address.to_s[/\A[a-z]+/]]
    if @address.to_s.include?('amazonaws.') && service
      raise Errno::ECONNREFUSED unless STAND_INS[service]

      @use_ssl = false
      @address, @port = STAND_INS[service]
    elsif !LOCAL.match?(@address.to_s)
      raise Errno::ECONNREFUSED
    elsif @port == 80 && STAND_INS[:imds_port]
      @port = STAND_INS[:imds_port] # releases that ask port 80 whatever the endpoint says
    end
    super
  end
end
Net::HTTP.prepend(Reroute)

# Pauses between tries.
module Kernel
  def self.sleep(*) = 0
end

# Remembers which source the chain asked last.
module Asked
  class << self
    attr_accessor :last, :offered
  end
  NAMES = Aws::CredentialProviderChain.private_instance_methods(false).grep(/_credentials\z/)
  NAMES.each do |name|
    define_method(name) do |*arguments|
      Asked.last = name
      super(*arguments)
    end
    private name
  end
end
Aws::CredentialProviderChain.prepend(Asked)

# Remembers which role is asked for last.
module Role
  class << self
    attr_accessor :last
  end

  def assume_role(params = {}, *rest)
    Role.last = params[:role_arn]
    # The stand-in does not look at it, AWS refuses a serial number that comes without a code.
    code = params[:serial_number].is_a?(String) && params[:role_arn] && !params[:token_code]
    answer = super
    raise Aws::STS::Errors::AccessDenied.new(nil, 'MFA code missing') if code

    answer
  end

  def assume_role_with_web_identity(params = {}, *rest)
    Role.last = params[:role_arn]
    super
  end
end
Aws::STS::Client.prepend(Role)

# Remembers whether a token was to be renewed.
module Renewal
  class << self
    attr_accessor :asked
  end

  def create_token(*)
    Renewal.asked = true
    super
  end
end
Aws::SSOOIDC::Client.prepend(Renewal)

def address(url)
  return nil unless url

  uri = URI.parse(url)
  [uri.hostname, uri.port]
end

def prepare(setup)
  environment = setup['env']
  STAND_INS[:sts] = address(environment.delete('AWS_ENDPOINT_URL_STS'))
  STAND_INS[:sso] = address(environment.delete('AWS_ENDPOINT_URL_SSO'))
  STAND_INS[:oidc] = address(environment.delete('AWS_ENDPOINT_URL_SSO_OIDC'))
  environment.delete('AWS_ENDPOINT_URL')
  if PORT_IGNORED
    # Without a file as well, so that the SDK's own reader is not needed to find it.
    STAND_INS[:imds_port] = environment['AWS_EC2_METADATA_SERVICE_ENDPOINT'].to_s[/:(\d+)\z/, 1]&.to_i
  end
  ENV.replace(environment)
  Aws.instance_variable_set(:@shared_config, nil) # the one of the start, without any file
  Dir.chdir(setup['cwd'])
end

def innermost(error)
  { 'error' => error.class.name, 'message' => error.message.to_s.scrub[0, 200] }
end

def region(options)
  # What every client is configured with, before it is looked at whether it can be used.
  asker = Struct.new(:profile).new(options[:profile])
  { 'region' => Aws::Plugins::RegionalEndpoint.send(:resolve_region, asker) }
rescue StandardError => e
  { 'region_error' => e.class.name }
end

# The source of the chain, where the method that was asked last stands for more than one.
def source(provider)
  case Asked.last
  when :instance_profile_credentials
    provider.is_a?(Aws::ECSCredentials) ? 'container' : 'imds'
  when :assume_role_web_identity_credentials
    ENV['AWS_ROLE_ARN'] && ENV['AWS_WEB_IDENTITY_TOKEN_FILE'] ? 'web_identity_env' : 'web_identity_profile'
  when :shared_credentials, :static_profile_credentials
    own = Aws.shared_config.send(:credentials_from_shared, provider.profile_name, {})
    own ? 'static_credentials_file' : 'static_config_file'
  else
    METHODS.fetch(Asked.last)
  end
end

METHODS = {
  env_credentials: 'env',
  sso_credentials: 'sso_profile', static_profile_sso_credentials: 'sso_profile',
  assume_role_credentials: 'role_profile', static_profile_assume_role_credentials: 'role_profile',
  process_credentials: 'process_profile', static_profile_process_credentials: 'process_profile',
  static_profile_assume_role_web_identity_credentials: 'web_identity_profile'
}.freeze

def verdict(setup)
  prepare(setup)
  options = setup['profile'] ? { profile: setup['profile'] } : {}
  answer = region(options)
  # A region that no client could be made with would hide all the rest; the program may give another.
  usable = answer['region'].is_a?(String) && Seahorse::Util.host_label?(answer['region'])
  options[:region] = usable ? answer['region'] : 'us-east-1'
  begin
    client = Aws::STS::Client.new(options)
    provider = client.config.credentials
  rescue StandardError => e
    return answer.merge(
      innermost(e), 'stage' => 'resolve', 'method' => Asked.last, 'renewing' => Renewal.asked == true
    )
  end
  return answer.merge('stage' => 'none', 'method' => nil) if provider.nil?

  credentials = provider.credentials
  answer.merge(
    'stage' => 'credentials', 'method' => Asked.last, 'source' => source(provider), 'role' => Role.last,
    'key' => credentials.access_key_id, 'token' => !credentials.session_token.to_s.empty?
  )
end

def in_child(setup)
  reader, writer = IO.pipe
  child = fork do
    reader.close
    $stdin.reopen(File::NULL)
    $stdout.reopen(File::NULL)
    $stderr.reopen(File::NULL)
    answer = begin
      verdict(setup)
    rescue Exception => e # rubocop:disable Lint/RescueException
      { 'failure' => "#{e.class}: #{e.message.to_s.scrub} #{e.backtrace&.first(5)}" }
    end
    writer.write(JSON.generate(answer))
    writer.close
    exit!(0)
  end
  writer.close
  text = reader.read
  reader.close
  Process.wait(child)
  text.empty? ? '{"failure": "no answer"}' : text
end

$stdout.sync = true
puts JSON.generate('ready' => Aws::CORE_GEM_VERSION)
$stdin.each_line { |line| puts in_child(JSON.parse(line)) }
